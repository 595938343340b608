import FoundationEssentials

/// JSON as both ends of the control socket write it: sorted keys, dates as RFC 3339 in UTC.
public enum ControlJSON {
  /// `value` as JSON on one line.
  ///
  /// - Throws: what `value` throws when it is encoded.
  public static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return Array(try encoder.encode(value))
  }

  /// Reads a `Value` back. Fields that it does not know are left out, so that either end may be the newer one.
  ///
  /// - Throws: `DecodingError`.
  public static func decode<Value: Decodable>(_: Value.Type, from bytes: [UInt8]) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(Value.self, from: Data(bytes))
  }
}
