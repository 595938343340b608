/// How connections are secured. Named as in swift-nio-ssl where both have the setting.
///
/// All of it is checked when a server is made or reloaded, never on the first connection.
public struct TLSConfiguration: Sendable {
  /// The lowest version that is accepted.
  public var minimumTLSVersion = TLSVersion.tlsv12
  /// The highest version that is accepted.
  public var maximumTLSVersion = TLSVersion.tlsv13
  /// The cipher suites of each version.
  public var cipherSuites = CipherSuites.modern
  /// The groups for (EC)DHE, most wanted first, by OpenSSL's names (SSL_CTX_set1_groups_list(3)).
  public var curves = ["X25519", "P-256", "X448", "P-384", "P-521"]
  /// Whether the server's order of suites decides, rather than the client's.
  public var serverCipherPreference = true
  /// What is offered by ALPN (RFC 7301), most wanted first. A client that offers only others is refused with the
  /// alert `no_application_protocol`; one that offers none is served. Empty: ALPN is ignored.
  public var applicationProtocols: [String] = []

  /// Finds the key for an identity; runs on the event loop during the handshake, and must not block.
  public var preSharedKeyProvider: PreSharedKeyProvider
  /// What a TLS 1.2 client is told before it chooses its identity (RFC 4279 §5.2); at most 128 bytes without NUL.
  public var pskHint: String?
  /// The shortest key, in bytes, that is used; a shorter one fails its handshake with
  /// ``HandshakeFailure/Reason/preSharedKeyTooShort``.
  public var minimumPreSharedKeyLength = 16
  /// What a client with an unknown identity sees.
  public var unknownIdentityPolicy = UnknownIdentityPolicy.masked
  /// Whether TLS 1.3 clients may leave out the Diffie-Hellman exchange (`psk_ke`, RFC 8446 §4.2.9). Without it a key
  /// that leaks one day opens every connection that was recorded.
  public var allowsPSKWithoutForwardSecrecy = false

  /// Settings for a server whose clients prove themselves with pre-shared keys.
  public init(preSharedKeyProvider: @escaping PreSharedKeyProvider) {
    self.preSharedKeyProvider = preSharedKeyProvider
  }
}

/// What a client with an identity that the provider doesn't know sees.
public enum UnknownIdentityPolicy: Sendable {
  /// The same as with a wrong key, alert and timing: a random key is used. Nobody can list identities.
  case masked
  /// The alert `unknown_psk_identity` (RFC 4279 §2, RFC 8446 §6.2).
  case alert
}
