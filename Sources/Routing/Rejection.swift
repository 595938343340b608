public import Model

/// One or more refused handshakes of the same kind.
public struct Rejection: Sendable, Equatable {
  /// What was presented.
  public var identity: [UInt8]
  /// Where it came from, without the port.
  public var address: String
  /// Why it was refused.
  public var reason: String
  /// How many times.
  public var count: Int

  /// Describes refused handshakes.
  public init(identity: [UInt8], address: String, reason: String, count: Int) {
    self.identity = identity
    self.address = address
    self.reason = reason
    self.count = count
  }

  /// The message that tells it: at most once, and not retained.
  public func message(in layout: TopicLayout) -> Message {
    Message(topic: layout.rejected, payload: JSON.encode(self), qos: .atMostOnce)
  }
}

extension Rejection: Encodable {
  private enum CodingKeys: String, CodingKey {
    case identity
    case identityHex = "identity_hex"
    case address, reason, count
  }

  /// Writes the fields of the message; the identity as text only if it is UTF-8.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encodeIfPresent(String(validating: identity, as: UTF8.self), forKey: .identity)
    try fields.encode(Self.hexadecimal(identity), forKey: .identityHex)
    try fields.encode(address, forKey: .address)
    try fields.encode(reason, forKey: .reason)
    try fields.encode(count, forKey: .count)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { byte in [digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]] }, as: UTF8.self)
  }
}
