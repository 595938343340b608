public import Model

/// What a device presents in the TLS-PSK handshake, and the key that goes with it (RFC 4279 §2).
public struct Credential: Sendable {
  /// The identities that can be presented, in bytes (OpenSSL's PSK_MAX_IDENTITY_LEN).
  public static let identityLengths = 1...256

  /// What is presented, 1 to 256 bytes.
  public var identity: [UInt8]
  /// The pre-shared key.
  public var key: SecretBytes

  /// Puts an identity and its key together.
  public init(identity: [UInt8], key: SecretBytes) {
    self.identity = identity
    self.key = key
  }

  /// An identity for people to read: as an id, with every other byte as `%XX` but for the `~` that rotations put in.
  public static func display(_ identity: [UInt8]) -> String {
    // Only an empty identity gives no id.
    ((try? DeviceID(bundleIdentity: identity.span))?.name ?? "").replacing("%7E", with: "~")
  }
}

/// Which of a device's credentials.
public enum CredentialSlot: String, Sendable, CaseIterable {
  /// The one in use.
  case current
  /// The one that a rotation under way brings.
  case next
}
