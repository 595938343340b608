public import Model

/// The client's side of the control socket: one connection for each request.
public struct ControlClient: Sendable {
  /// The longest path of the control socket, in bytes: what SwiftNIO takes on every system. Linux alone would take 107
  /// (unix(7)).
  public static let longestPath = 103

  /// Where the socket is.
  public let path: String
  /// How long a request may take in all.
  let timeout: Duration
  /// How many bytes of a reply are read; a longer one is an error.
  let replyLimit: Int

  /// A client of the gateway whose socket is at `path`. Nothing is connected yet.
  ///
  /// - Parameters:
  ///   - path: the socket.
  ///   - timeout: how long a request may take in all; then it fails with ``ControlError/timedOut(path:limit:)``.
  ///   - replyLimit: how many bytes a reply may have; a longer one is ``ControlError/replyTooLarge(limit:)``.
  public init(path: String, timeout: Duration = .seconds(30), replyLimit: Int = 8 << 20) {
    self.path = path
    self.timeout = timeout
    self.replyLimit = replyLimit
  }

  /// How the gateway is.
  ///
  /// - Throws: ``ControlError``.
  public func status() async throws(ControlError) -> GatewayStatus {
    try await value(of: GatewayStatus.self, from: .status)
  }

  /// Has the gateway read devices.d again, and says what that brought.
  ///
  /// - Throws: ``ControlError``.
  public func reload() async throws(ControlError) -> ReloadReport {
    try await value(of: ReloadReport.self, from: .reload)
  }

  /// Closes the connections of `device`, which may come back.
  ///
  /// - Throws: ``ControlError``.
  public func disconnect(_ device: DeviceID) async throws(ControlError) -> DisconnectReport {
    try await value(of: DisconnectReport.self, from: .disconnect(device))
  }

  /// What is known of the connections of `subject`: a device's id, an identity (as text, or in hex behind `0x`) or an
  /// address.
  ///
  /// - Throws: ``ControlError``.
  public func why(_ subject: String) async throws(ControlError) -> WhyReport {
    try await value(of: WhyReport.self, from: .why(subject))
  }

  /// The devices that are connected, by id.
  ///
  /// - Throws: ``ControlError``.
  public func online() async throws(ControlError) -> [OnlineDevice] {
    try await all(OnlineDevice.self, from: .online)
  }

  /// Hands over what happens from now on, to `device` or to all, until the gateway stops.
  ///
  /// - Parameters:
  ///   - device: the device; nil for everything.
  ///   - body: told of each event.
  /// - Throws: ``ControlError``; ``ControlError/lost(path:)`` when the gateway goes without a word.
  public func events(
    of device: DeviceID?, _ body: (GatewayEvent) -> Void
  ) async throws(ControlError) {
    try await forEach(GatewayEvent.self, from: .events(device), body)
  }

  private func value<Value: Decodable>(
    of type: Value.Type, from request: ControlRequest
  ) async throws(ControlError) -> Value {
    let reply = try await exchange(request)
    guard reply.status == 200 else { throw Self.refusal(reply) }
    do {
      return try ControlJSON.decode(type, from: reply.body)
    } catch {
      throw .badReply(reason: "\(request.path) did not answer with a \(type)")
    }
  }

  static func refusal(_ reply: ControlReply) -> ControlError {
    do {
      let failure = try ControlJSON.decode(ControlFailure.self, from: reply.body)
      return .refused(status: reply.status, message: failure.error)
    } catch {
      return .badReply(reason: "HTTP status \(reply.status) without a message")
    }
  }
}
