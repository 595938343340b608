/// Bytes as pairs of hex digits.
enum Hexadecimal {
  /// The value of a digit, upper or lower case; nil for any other character.
  static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Appends the bytes that `digits` spell; what is no pair of digits is left out.
  static func decode(_ digits: Span<UInt8>, into bytes: inout [UInt8]) {
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
      guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { continue }
      bytes.append(high << 4 | low)
    }
  }

  /// Appends `byte` as two digits.
  static func append(_ byte: UInt8, to text: inout [UInt8], upperCase: Bool = false) {
    text.append(digit(byte >> 4, upperCase))
    text.append(digit(byte & 15, upperCase))
  }

  private static func digit(_ value: UInt8, _ upperCase: Bool) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: upperCase ? "A" : "a") + value - 10
  }
}
