/// How connections are secured. Named as in swift-nio-ssl where both have the setting.
///
/// A server proves itself with the pre-shared key, with a certificate, or offers both; clients do so with the key or, if
/// asked for, with a certificate. All of it is checked when a server is made or reloaded, never on the first connection.
public struct TLSConfiguration: Sendable {
  // MARK: Versions and algorithms

  /// The lowest version that is accepted.
  public var minimumTLSVersion = TLSVersion.tlsv12
  /// The highest version that is accepted.
  public var maximumTLSVersion = TLSVersion.tlsv13
  /// The cipher suites of each version. One that OpenSSL doesn't have is an error.
  public var cipherSuites = CipherSuites.modern
  /// The groups for (EC)DHE, most wanted first, by OpenSSL's names (SSL_CTX_set1_groups_list(3)).
  public var curves = ["X25519", "P-256", "X448", "P-384", "P-521"]
  /// The group for DHE in TLS 1.2.
  public var diffieHellmanParameters = DiffieHellmanParameters.automatic
  /// Whether the server's order of suites decides, rather than the client's.
  public var serverCipherPreference = true
  /// What is offered by ALPN (RFC 7301), most wanted first. A client that offers only others is refused with the
  /// alert `no_application_protocol`; one that offers none is served. Names of 1 to 255 bytes. Empty: ALPN is
  /// ignored.
  public var applicationProtocols: [String] = []
  /// Chooses other settings by server name; nil: these serve every name.
  public var serverNameSelector: ServerNameSelector?

  // MARK: Pre-shared keys

  /// Finds the key for an identity; runs on the event loop during the handshake, and must not block. nil: there are no
  /// pre-shared keys.
  public var preSharedKeyProvider: PreSharedKeyProvider?
  /// What a TLS 1.2 client is told before it chooses its identity (RFC 4279 §5.2); at most 128 bytes without NUL.
  public var pskHint: String?
  /// The shortest key, in bytes, that is used, 1 to 512; a shorter one fails its handshake with
  /// ``HandshakeFailure/Reason/preSharedKeyTooShort``.
  public var minimumPreSharedKeyLength = 16
  /// What a client with an unknown identity sees.
  public var unknownIdentityPolicy = UnknownIdentityPolicy.masked
  /// Whether TLS 1.3 clients may leave out the Diffie-Hellman exchange (`psk_ke`, RFC 8446 §4.2.9). Without it a key
  /// that leaks one day opens every connection that was recorded.
  public var allowsPSKWithoutForwardSecrecy = false
  /// "PSK or certificate": whether a server with a provider and a certificate also serves clients that have no key
  /// of its own. Then a TLS 1.3 client with an unknown identity goes on with the certificate, and so learns that the
  /// identity is unknown. Otherwise the certificate is for RSA-PSK alone.
  public var allowsCertificateInsteadOfPSK = false

  // MARK: Certificates

  /// The server's certificate first, then each one's issuer. Empty: there is none.
  public var certificateChain: [TLSCertificate] = []
  /// The key of the first certificate in the chain.
  public var privateKey: TLSPrivateKey?
  /// Whether clients are asked for a certificate.
  public var clientCertificates = ClientCertificates.none
  /// Whose signature on a client's certificate is trusted.
  public var trustRoots: [TLSCertificate] = []
  /// Whether clients are told the names of the trust roots (RFC 8446 §4.2.4).
  public var sendCANameList = true
  /// How many issuers may lie between a client's certificate and a trust root, 0 to 100; nil: OpenSSL's 100.
  public var verificationDepth: Int?
  /// Judges a client's certificate with all the errors that were found. nil: any error is one too many.
  public var verify: CertificateVerifier?
  /// The signature algorithms that both sides may use, by OpenSSL's names (SSL_CTX_set1_sigalgs_list(3)); empty:
  /// OpenSSL's default.
  public var signatureAlgorithms: [String] = []

  // MARK: Sessions, debugging

  /// Whether clients get tickets with which they resume a session (RFC 8446 §2.2, RFC 5077); nil: they don't.
  public var sessionTickets: SessionTickets?
  /// For debugging only: is given the secrets of every connection, a line each, in the format of NSS key logs. Whoever
  /// has them reads everything. Its use is told on standard error and as an event.
  public var keyLogCallback: (@Sendable (String) -> Void)?
  /// Further settings in OpenSSL's own language, applied in order after all others. Certificates, verification and versions
  /// have settings of their own here and are refused; renegotiation, compression and suites without authentication
  /// cannot be brought back.
  public var openSSLCommands: [OpenSSLCommand] = []

  /// Settings for a server whose clients prove themselves with pre-shared keys.
  ///
  /// - Parameter preSharedKeyProvider: finds the key for an identity.
  public init(preSharedKeyProvider: @escaping PreSharedKeyProvider) {
    self.preSharedKeyProvider = preSharedKeyProvider
  }

  /// Settings for a server that proves itself with a certificate.
  ///
  /// - Parameters:
  ///   - certificateChain: the server's certificate first, then each one's issuer.
  ///   - privateKey: the key of the first certificate.
  public init(certificateChain: [TLSCertificate], privateKey: TLSPrivateKey) {
    self.certificateChain = certificateChain
    self.privateKey = privateKey
  }
}

/// What a client with an identity that the provider doesn't know sees.
public enum UnknownIdentityPolicy: Sendable {
  /// The same as with a wrong key, alert and timing: a random key is used. Nobody can list identities.
  case masked
  /// The alert `unknown_psk_identity` (RFC 4279 §2, RFC 8446 §6.2).
  case alert
}
