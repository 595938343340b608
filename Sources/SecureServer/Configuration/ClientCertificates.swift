public import NIOCore

/// Whether clients are asked for a certificate. A client that uses a pre-shared key never is, except with RSA-PSK.
public enum ClientCertificates: Sendable, Hashable {
  /// It is not asked for.
  case none
  /// It is asked for; a client without one, or with one that does not verify, is served all the same, and
  /// ``TLSSessionInfo/isPeerVerified`` tells.
  case request
  /// A client without one, or with one that does not verify, is refused.
  case require
}

/// Judges a client's certificate during the handshake, on the event loop; it must not block.
public typealias CertificateVerifier = @Sendable (CertificateVerification) -> CertificateDecision

/// A client's certificate, and all that is wrong with it.
public struct CertificateVerification: Sendable {
  /// The number that the server's events have for this connection.
  public let connection: UInt64
  /// The client's certificate first, then each one's issuer as far as it was found. When a session is resumed there is
  /// the client's certificate alone.
  public let chain: [TLSCertificate]
  /// Every error found, at every depth; empty if the chain verifies.
  public let errors: [CertificateError]
  /// Where the client connects from; nil for a Unix domain socket.
  public let peerAddress: SocketAddress?
  /// Whether an earlier session is being resumed. A rejection then makes the client handshake anew.
  public let isResumption: Bool
}

/// The answer to a ``CertificateVerification``.
public enum CertificateDecision: Sendable {
  /// The client is who it says. With errors, ``TLSSessionInfo/isPeerVerified`` is false nevertheless.
  case accept
  /// The client gets the alert of this error (``CertificateError/Code``), and the handshake fails.
  case reject(CertificateError.Code)
}

/// Something wrong with one certificate of a chain.
public struct CertificateError: Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let code: Code
  /// Which certificate: 0 is the client's own, 1 its issuer's, ...
  public let depth: Int

  /// An error at a depth.
  public init(code: Code, depth: Int) {
    self.code = code
    self.depth = depth
  }

  /// The error and its depth, such as `self-signed certificate (18) at depth 0`.
  public var description: String { "\(code) at depth \(depth)" }

  /// An error of OpenSSL's verification (X509_STORE_CTX_get_error(3)), by its number. What the client is told:
  ///
  /// | error | alert |
  /// |---|---|
  /// | ``unknownIssuer``, ``selfSigned``, ``selfSignedInChain``, ``chainTooLong`` | `unknown_ca` (48) |
  /// | ``expired``, ``notYetValid`` | `certificate_expired` (45), `bad_certificate` (42) |
  /// | ``revoked`` | `certificate_revoked` (44) |
  /// | ``wrongUsage`` | `unsupported_certificate` (43) |
  /// | ``invalidSignature`` | `decrypt_error` (51) |
  /// | ``untrusted``, ``rejected`` | `bad_certificate` (42) |
  /// | ``applicationVerification`` | `handshake_failure` (40) |
  public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The number in `openssl/x509_vfy.h`.
    public let rawValue: Int32

    /// An error by its number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The issuer is not among the trust roots, nor was it sent.
    public static let unknownIssuer = Code(rawValue: 20)
    /// The signature is wrong.
    public static let invalidSignature = Code(rawValue: 7)
    /// The certificate is not valid yet.
    public static let notYetValid = Code(rawValue: 9)
    /// The certificate has expired.
    public static let expired = Code(rawValue: 10)
    /// The certificate is self-signed and not among the trust roots.
    public static let selfSigned = Code(rawValue: 18)
    /// The chain ends in a self-signed certificate that is not among the trust roots.
    public static let selfSignedInChain = Code(rawValue: 19)
    /// The chain is longer than ``TLSConfiguration/verificationDepth``.
    public static let chainTooLong = Code(rawValue: 22)
    /// The certificate has been revoked.
    public static let revoked = Code(rawValue: 23)
    /// The certificate is not for TLS clients.
    public static let wrongUsage = Code(rawValue: 26)
    /// The root is not trusted for this purpose.
    public static let untrusted = Code(rawValue: 27)
    /// The application does not want it.
    public static let rejected = Code(rawValue: 28)
    /// The application's own verification failed.
    public static let applicationVerification = Code(rawValue: 50)
  }
}
