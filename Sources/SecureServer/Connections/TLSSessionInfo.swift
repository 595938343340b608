/// What was agreed in a handshake.
public struct TLSSessionInfo: Sendable, Equatable {
  /// The version of TLS.
  public let version: TLSVersion
  /// The cipher suite, by OpenSSL's name.
  public let cipherSuite: String
  /// What ALPN chose, if the client offered it.
  public let applicationProtocol: String?
  /// The identity whose key the peer proved, now or in the session that it resumed: raw bytes. nil: it proved none.
  public let pskIdentity: [UInt8]?
  /// The client's certificate first, then what it sent with it; of a resumed session the first alone. Empty if it was
  /// not asked for one, or has none.
  public let peerCertificateChain: [TLSCertificate]
  /// Whether the chain verified without an error. A pre-shared key needs no chain.
  public let isPeerVerified: Bool
  /// Whether an earlier session was resumed, with a ticket.
  public let resumed: Bool
  /// The name that the client asked for (SNI, RFC 6066 §3).
  public let serverName: String?
}
