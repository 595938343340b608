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

  /// Has the gateway read devices.d and its configuration again, and says what that brought.
  ///
  /// - Throws: ``ControlError``.
  public func reload() async throws(ControlError) -> ReloadReport {
    try await value(of: ReloadReport.self, from: .reload)
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

  private static func refusal(_ reply: ControlReply) -> ControlError {
    do {
      let failure = try ControlJSON.decode(ControlFailure.self, from: reply.body)
      return .refused(status: reply.status, message: failure.error)
    } catch {
      return .badReply(reason: "HTTP status \(reply.status) without a message")
    }
  }
}
