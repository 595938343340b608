public import FoundationEssentials
public import Model

/// What the retained message on a device's status topic says.
public enum Presence: Sendable, Equatable {
  /// It is connected to `gateway` since `since`.
  case online(gateway: String, since: Date, connection: Connection)
  /// It is not, since `since`.
  case offline(gateway: String, since: Date, reason: OfflineReason)

  /// How a device is connected.
  public struct Connection: Sendable, Equatable {
    /// Where it connects from.
    public var address: String
    /// What it speaks inside TLS.
    public var deviceProtocol: DeviceProtocol
    /// The version of TLS, as OpenSSL names it.
    public var tls: String
    /// The cipher suite, as OpenSSL names it.
    public var cipher: String
    /// What it presented; left out of the message unless it is UTF-8.
    public var identity: [UInt8]

    /// Describes a connection.
    public init(address: String, deviceProtocol: DeviceProtocol, tls: String, cipher: String, identity: [UInt8]) {
      self.address = address
      self.deviceProtocol = deviceProtocol
      self.tls = tls
      self.cipher = cipher
      self.identity = identity
    }
  }

  /// The message that tells it to `topic`, the device's status topic: at least once, and retained.
  public func message(to topic: Topic) -> Message {
    Message(topic: topic, payload: JSON.encode(self), qos: .atLeastOnce, retain: true)
  }
}

extension Presence: Encodable {
  private enum CodingKeys: String, CodingKey {
    case online, gateway, since, address, `protocol`, tls, cipher, identity, reason
  }

  /// Writes the fields of the status message.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .online(let gateway, let since, let connection):
      try fields.encode(true, forKey: .online)
      try fields.encode(gateway, forKey: .gateway)
      try fields.encode(since, forKey: .since)
      try fields.encode(connection.address, forKey: .address)
      try fields.encode(connection.deviceProtocol.rawValue, forKey: .protocol)
      try fields.encode(connection.tls, forKey: .tls)
      try fields.encode(connection.cipher, forKey: .cipher)
      try fields.encodeIfPresent(String(validating: connection.identity, as: UTF8.self), forKey: .identity)
    case .offline(let gateway, let since, let reason):
      try fields.encode(false, forKey: .online)
      try fields.encode(gateway, forKey: .gateway)
      try fields.encode(since, forKey: .since)
      try fields.encode(reason.rawValue, forKey: .reason)
    }
  }
}
