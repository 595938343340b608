/// Writes YAML that every reader takes as it is meant: all text in double quotes.
struct YAMLWriter {
  /// What has been written.
  private(set) var bytes: [UInt8] = []

  /// Makes a writer with room for more than a device's file may have: it may hold a key, and must not leave copies.
  init() { bytes.reserveCapacity(DeviceDirectory.Options().maximumFileBytes) }

  /// Writes `field: value` as it is.
  mutating func plain(_ field: String, _ value: String, indent: String = "") {
    bytes += "\(indent)\(field): \(value)\n".utf8
  }

  /// Writes `field: "value"`.
  mutating func quoted(_ field: String, _ value: String, indent: String = "") {
    plain(field, Self.quote(value), indent: indent)
  }

  /// Writes `field: "text"`, where the text is a key's.
  mutating func quoted(_ field: String, secret text: [UInt8], indent: String = "") {
    bytes += "\(indent)\(field): \"".utf8
    bytes += text
    bytes += "\"\n".utf8
  }

  /// Writes `field: ["a", "b"]`.
  mutating func list(_ field: String, _ values: [String]) {
    plain(field, "[" + values.map(Self.quote).joined(separator: ", ") + "]")
  }

  /// Writes `field:`, before lines with an indent.
  mutating func begin(_ field: String) { bytes += "\(field):\n".utf8 }

  /// `text` in double quotes, with what could not stand there escaped (YAML 1.2 §5.7).
  static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where mustBeEscaped(scalar): quoted += escape(scalar)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Control characters, line breaks of every kind, byte order marks and what is no character.
  private static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f...0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff: true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
