/// What was agreed in a handshake.
public struct TLSSessionInfo: Sendable, Equatable {
  /// The version of TLS.
  public let version: TLSVersion
  /// The cipher suite, by OpenSSL's name.
  public let cipherSuite: String
  /// What ALPN chose, if the client offered it.
  public let applicationProtocol: String?
  /// The identity whose key the peer proved: raw bytes.
  public let pskIdentity: [UInt8]
  /// Whether an earlier session was resumed.
  public let resumed: Bool
  /// The name that the client asked for (SNI, RFC 6066 §3).
  public let serverName: String?
}
