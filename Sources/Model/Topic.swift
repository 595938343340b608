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
    let bytes = name.utf8Span.span
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == 0 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") {
        throw .invalidTopic(name, reason: "a topic has no '+', '#' or NUL")
      }
    }
    self.name = name
  }

  /// The topic as text.
  public var description: String { name }

  /// Whether both have the same bytes; canonically equivalent texts are different topics [MQTT-4.7.3-4].
  public static func == (left: Topic, right: Topic) -> Bool { left.name.utf8.elementsEqual(right.name.utf8) }

  /// Its levels, which `/` separates; some may be empty.
  public var levels: [Substring] {
    name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
  }
}
