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
  /// `enc:...` under a master key that was not given.
  case unknownMasterKey(MasterKeyVersion)
  /// `enc:...`, and not as it is written.
  case malformedSeal
  /// `enc:...`, and not as it was sealed, or not for this identity.
  case doesNotOpen

  /// What is wrong and what is allowed, to be read after "the key".
  public var description: String {
    switch self {
    case .empty: "is empty: \(Self.allowed)"
    case .oddDigits(let count): "has an odd number of hex digits (\(count)): \(Self.allowed)"
    case .notHexadecimal(let position): "has no hex digit at character \(position): \(Self.allowed)"
    case .tooShort(let bytes): "is short (bytes: \(bytes)): \(Self.allowed), or fewer with weak_key: accepted"
    case .tooLong(let bytes): "is long (bytes: \(bytes)): \(Self.allowed)"
    case .encrypted: "is encrypted and no master key is given to open it"
    case .unknownMasterKey(let version): "is encrypted under master key \(version), which is not given"
    case .malformedSeal: "is not encrypted as enc:v1:VERSION:HEX: restore what 'gwctl encrypt-keys' wrote"
    case .doesNotOpen:
      "does not open: it was changed or cut, or is another identity's; restore it, or give the device a new key"
    }
  }

  private static let allowed =
    "a key is \(PresharedKey.minimumLength) to \(PresharedKey.maximumLength) bytes in hex"
}
