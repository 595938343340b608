public import Model

/// What the table knows of an identity that a peer presents.
public struct CredentialMatch: Sendable {
  /// Whose identity it is. Whether it is enabled, and from where it may connect, is for the caller to look at.
  public let device: Device
  /// Which of the device's credentials has the identity; ``CredentialSlot/current`` where both have.
  public let slot: CredentialSlot
  /// The key that goes with it.
  public let key: SecretBytes
  /// The second key under the same identity, while a rotation brings one.
  public let nextKey: SecretBytes?
}
