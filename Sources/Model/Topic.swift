/// A topic name: where one message is published (MQTT 5 §4.7).
public struct Topic: Hashable, Sendable, CustomStringConvertible {
  /// The longest topic, in bytes of UTF-8 (MQTT 5 §1.5.4).
  public static let maximumLength = 65_535

  /// The topic as text.
  public let name: String

  /// Takes `name` if it is a valid topic name: not empty, no wildcard, no NUL, at most 65,535 bytes.
  ///
  /// - Throws: ``ModelError/invalidTopic(_:reason:)``.
  public init(_ name: String) throws(ModelError) {
    guard !name.isEmpty else { throw .invalidTopic(name, reason: "it is empty") }
    guard name.utf8.count <= Self.maximumLength else {
      throw .invalidTopic(String(name.prefix(80)), reason: "it is longer than \(Self.maximumLength) bytes")
    }
    for byte in name.utf8 where byte == 0 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") {
      throw .invalidTopic(name, reason: "a topic has no '+', '#' or NUL")
    }
    self.name = name
  }

  /// The topic as text.
  public var description: String { name }

  /// Its levels, which `/` separates; some may be empty.
  public var levels: [Substring] { name.split(separator: "/", omittingEmptySubsequences: false) }
}
