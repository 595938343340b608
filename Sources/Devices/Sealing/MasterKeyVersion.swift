/// Which master key something is sealed under: eight hex digits that are derived from it.
///
/// Nobody has to number master keys, and a wrong one is told from a damaged file.
public struct MasterKeyVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// How many hex digits it has.
  static let digitCount = 8

  private let number: UInt32

  /// Takes the first four of `bytes`.
  init(_ bytes: Span<UInt8>) {
    number = bytes.extracting(first: 4).indices.reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
  }

  /// Takes what ``description`` wrote; nil if it is not eight lower-case hex digits.
  init?(digits: Span<UInt8>) {
    guard digits.count == Self.digitCount else { return nil }
    var number: UInt32 = 0
    for index in digits.indices {
      guard let value = Hexadecimal.value(of: digits[index]) else { return nil }
      number = number << 4 | UInt32(value)
    }
    self.number = number
  }

  /// `9f31c2d7`.
  public var description: String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: Self.digitCount - digits.count) + digits
  }

  /// By their digits.
  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
