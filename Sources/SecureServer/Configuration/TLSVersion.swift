/// A version of TLS that this server speaks.
public enum TLSVersion: Sendable, Comparable, CaseIterable, CustomStringConvertible {
  /// TLS 1.2 (RFC 5246).
  case tlsv12
  /// TLS 1.3 (RFC 8446).
  case tlsv13

  /// `TLSv1.2` or `TLSv1.3`, as OpenSSL writes them.
  public var description: String {
    switch self {
    case .tlsv12: "TLSv1.2"
    case .tlsv13: "TLSv1.3"
    }
  }
}
