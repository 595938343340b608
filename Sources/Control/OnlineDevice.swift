public import FoundationEssentials

/// A device that is connected: one line of the reply to ``ControlRequest/online``.
public struct OnlineDevice: Codable, Sendable, Equatable {
  /// Its id.
  public var device: String
  /// Since when, by its newest connection.
  public var since: Date
  /// Where it connects from, without the port.
  public var address: String
  /// The version of TLS, as OpenSSL names it.
  public var tls: String
  /// The cipher suite, as OpenSSL names it.
  public var cipher: String
  /// How many connections it has.
  public var connections: Int

  /// A device with these connections.
  public init(device: String, since: Date, address: String, tls: String, cipher: String, connections: Int) {
    self.device = device
    self.since = since
    self.address = address
    self.tls = tls
    self.cipher = cipher
    self.connections = connections
  }
}

/// What closing a device's connections brought: the reply to ``ControlRequest/disconnect(_:)``.
public struct DisconnectReport: Codable, Sendable, Equatable {
  /// Its id.
  public var device: String
  /// How many connections were closed.
  public var closed: Int

  /// `closed` connections of `device`.
  public init(device: String, closed: Int) {
    self.device = device
    self.closed = closed
  }
}
