public import Model

/// What a pre-shared key looks like, and how a new one is made.
public enum PresharedKey {
  /// The shortest key, in bytes, that is let in without `weak_key: accepted`.
  public static let minimumLength = 16
  /// The longest key, in bytes.
  public static let maximumLength = 64
  /// How many bytes a new key has unless told otherwise: what every device stack takes (mbedTLS's default limit).
  public static let defaultLength = 32

  /// A fresh key of `byteCount` bytes from the system's random numbers (getrandom(2)).
  public static func random(byteCount: Int = defaultLength) -> SecretBytes {
    var generator = SystemRandomNumberGenerator()
    return SecretBytes((0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// The key that `digits` spell in ASCII: hex, upper or lower case, without blanks. The caller wipes its copy.
  ///
  /// With `acceptingWeak`, one byte is enough.
  /// - Throws: ``KeyError``.
  public static func parse(
    hexadecimal digits: Span<UInt8>, acceptingWeak: Bool = false
  ) throws(KeyError) -> SecretBytes {
    try check(digits, acceptingWeak: acceptingWeak)
    var bytes: [UInt8] = []
    // No more than is needed and never grown, so that no copy stays behind.
    bytes.reserveCapacity(digits.count / 2)
    Hexadecimal.decode(digits, into: &bytes)
    return SecretBytes(bytes)
  }

  /// The key in lower-case hex, for the one place that shows it to its owner. The caller wipes it.
  public static func hexadecimal(_ key: SecretBytes) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(key.count * 2)
    key.withBytes { bytes in
      for index in bytes.indices { Hexadecimal.append(bytes[index], to: &text) }
    }
    return text
  }

  /// Throws what is wrong with a key's hex digits.
  static func check(_ digits: Span<UInt8>, acceptingWeak: Bool = false) throws(KeyError) {
    guard !SealedKey.isMeant(by: digits) else { throw .encrypted }
    for index in digits.indices where Hexadecimal.value(of: digits[index]) == nil {
      throw .notHexadecimal(position: index + 1)
    }
    guard digits.count % 2 == 0 else { throw .oddDigits(count: digits.count) }
    try check(byteCount: digits.count / 2, acceptingWeak: acceptingWeak)
  }

  /// Throws what is wrong with a key's length.
  static func check(byteCount: Int, acceptingWeak: Bool = false) throws(KeyError) {
    guard byteCount > 0 else { throw .empty }
    guard byteCount <= maximumLength else { throw .tooLong(bytes: byteCount) }
    guard byteCount >= minimumLength || acceptingWeak else { throw .tooShort(bytes: byteCount) }
  }
}
