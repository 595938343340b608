import FoundationEssentials

/// JSON as both ends of the control socket write it: sorted keys, dates as RFC 3339 in UTC, and nothing that steers a
/// terminal.
public enum ControlJSON {
  /// `value` as JSON on one line.
  ///
  /// - Throws: what `value` throws when it is encoded.
  public static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return harmless(try encoder.encode(value))
  }

  /// The same JSON with DEL and what Unicode calls control, format, line or paragraph separator beyond ASCII as
  /// `\uXXXX`, a pair of these above U+FFFF (RFC 8259 §7). JSON itself demands that only of what is below the space.
  public static func harmless(_ json: some Collection<UInt8>) -> [UInt8] {
    guard json.contains(where: { $0 >= 0x7f }) else { return Array(json) }
    var result: [UInt8] = []
    result.reserveCapacity(json.count)
    // Outside of strings JSON is ASCII.
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if scalar.steersTerminal {
        for unit in UTF16.encode(scalar) ?? .init() { result += escaped(unit) }
      } else {
        result += UTF8.encode(scalar) ?? .init()
      }
    }
    return result
  }

  private static func escaped(_ unit: UInt16) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return [UInt8(ascii: "\\"), UInt8(ascii: "u")] + [12, 8, 4, 0].map { digits[Int(unit >> $0 & 15)] }
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

extension UnicodeScalar {
  fileprivate var steersTerminal: Bool {
    guard value >= 0x7f else { return false }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
