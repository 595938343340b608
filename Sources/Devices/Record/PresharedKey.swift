public import Model

/// What a pre-shared key looks like, and how a new one is made.
public enum PresharedKey {
  /// The shortest key, in bytes, that is let in without `weak_key: accepted`.
  public static let minimumLength = 16
  /// The longest key, in bytes.
  public static let maximumLength = 64
  /// How many bytes a new key has unless told otherwise: what every device stack takes (mbedTLS's default limit).
  public static let defaultLength = 32

  /// A fresh key from the system's random numbers (getrandom(2)).
  ///
  /// - Parameter byteCount: its length, at most ``maximumLength``.
  public static func random(byteCount: Int = defaultLength) -> SecretBytes {
    var generator = SystemRandomNumberGenerator()
    return SecretBytes((0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// The key that `digits` spell: hex, upper or lower case, without blanks.
  ///
  /// - Parameters:
  ///   - digits: ASCII; the caller wipes its copy.
  ///   - acceptingWeak: whether it may be shorter than ``minimumLength``; one byte at least.
  /// - Throws: ``KeyError``.
  public static func parse(
    hexadecimal digits: Span<UInt8>, acceptingWeak: Bool = false
  ) throws(KeyError) -> SecretBytes {
    throw .empty
  }

  /// The key in lower-case hex, for the one place that shows it to its owner; wiped by the caller.
  public static func hexadecimal(_ key: SecretBytes) -> [UInt8] {
    []
  }
}
