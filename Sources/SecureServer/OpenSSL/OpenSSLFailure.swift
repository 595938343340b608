import COpenSSL

/// What the error of a failed call means.
struct OpenSSLFailure {
  enum Kind {
    case wrongKey
    case unsupportedVersion
    case noSharedCipher
    case noSharedApplicationProtocol
    case noCertificate
    case certificateRejected
    case alertReceived
    case refusedByUs
    case other
  }

  let kind: Kind
  let text: String

  /// The failure that the error queue tells, which is emptied.
  init() {
    let error = OpenSSLErrors.takeTLSError()
    text = error.text
    kind = Self.kind(of: error.reason)
  }

  private static func kind(of code: CInt) -> Kind {
    switch code {
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_BINDER_DOES_NOT_VERIFY, SSL_R_DIGEST_CHECK_FAILED: .wrongKey
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH, SSL_R_WRONG_VERSION_NUMBER,
      SSL_R_NO_PROTOCOLS_AVAILABLE:
      .unsupportedVersion
    case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SHARED_GROUPS,
      SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
      .noSharedCipher
    case SSL_R_NO_APPLICATION_PROTOCOL: .noSharedApplicationProtocol
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .noCertificate
    case SSL_R_CERTIFICATE_VERIFY_FAILED: .certificateRejected
    case SSL_R_CALLBACK_FAILED, SSL_R_PSK_IDENTITY_NOT_FOUND: .refusedByUs
    case SSL_AD_REASON_OFFSET...(SSL_AD_REASON_OFFSET + 255): .alertReceived
    default: .other
    }
  }
}
