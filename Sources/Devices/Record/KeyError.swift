/// Why some text is not a pre-shared key. Never shows the text.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There are no digits.
  case empty
  /// Hex digits come in pairs, and here is one too few.
  case oddDigits(count: Int)
  /// A character that is no hex digit, at this place (from 1).
  case notHexadecimal(position: Int)
  /// Shorter than ``PresharedKey/minimumLength``.
  case tooShort(bytes: Int)
  /// Longer than ``PresharedKey/maximumLength``.
  case tooLong(bytes: Int)
  /// `enc:...`, and no master key was given to open it.
  case encrypted

  /// What is wrong and what is allowed, to be read after "the key".
  public var description: String {
    switch self {
    case .empty: "is empty: \(Self.allowed)"
    case .oddDigits(let count): "has an odd number of hex digits (\(count)): \(Self.allowed)"
    case .notHexadecimal(let position): "has no hex digit at character \(position): \(Self.allowed)"
    case .tooShort(let bytes): "is short (bytes: \(bytes)): \(Self.allowed), or fewer with weak_key: accepted"
    case .tooLong(let bytes): "is long (bytes: \(bytes)): \(Self.allowed)"
    case .encrypted: "is encrypted and no master key is given to open it"
    }
  }

  private static let allowed =
    "a key is \(PresharedKey.minimumLength) to \(PresharedKey.maximumLength) bytes in hex"
}
