public import FoundationEssentials

/// Something that happened in the gateway: one line of the reply to ``ControlRequest/events(_:)``.
///
/// What a kind has nothing to say about is left out.
public struct GatewayEvent: Codable, Sendable, Equatable {
  /// What happened.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A device has proved its key.
    case connected
    /// Its connection has ended.
    case disconnected
    /// A handshake was refused.
    case refused
    /// devices.d was read again, with another outcome.
    case devicesChanged = "devices_changed"
    /// A connection to the broker is up.
    case bridgeUp = "bridge_up"
    /// A connection to the broker is down.
    case bridgeDown = "bridge_down"
    /// A device has proved its new key, and the old one is retired.
    case rotationFinished = "rotation_finished"
    /// This watcher was too slow: so many events are missing here.
    case lost
  }

  /// What happened.
  public var type: Kind
  /// When.
  public var time: Date
  /// The device that it is about.
  public var device: String?
  /// Where the peer is, without the port.
  public var address: String?
  /// What the peer presented, if it is UTF-8.
  public var identity: String?
  /// What the peer presented, in hex.
  public var identityHex: String?
  /// The version of TLS, as OpenSSL names it.
  public var tls: String?
  /// The cipher suite, as OpenSSL names it.
  public var cipher: String?
  /// Why, as a word.
  public var reason: String?
  /// Why, in a sentence.
  public var text: String?
  /// How often; once where it is not said.
  public var count: Int?

  /// An event without details.
  public init(_ type: Kind, at time: Date) {
    self.type = type
    self.time = time
  }

  private enum CodingKeys: String, CodingKey {
    case type, time, device, address, identity, tls, cipher, reason, text, count
    case identityHex = "identity_hex"
  }
}
