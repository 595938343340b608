import FoundationEssentials

/// How the gateway's own messages are written.
enum JSON {
  /// The bytes of `value`: keys sorted, dates in RFC 3339 UTC, slashes as they are.
  static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    do {
      return Array(try encoder.encode(value))
    } catch {
      preconditionFailure("texts, dates, booleans and integers can always be written as JSON: \(error)")
    }
  }
}
