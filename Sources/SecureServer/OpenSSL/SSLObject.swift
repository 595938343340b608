import COpenSSL

/// One connection's SSL object (SSL_new(3)); freed with its last holder.
@safe final class SSLObject {
  /// What became of a call (SSL_get_error(3)).
  enum Outcome {
    case complete
    case wantMoreBytes
    case closed
    case failed(OpenSSLFailure)
  }

  private let ssl: OpaquePointer
  /// The window whose BIO this object uses, which must outlive it.
  let window: TLSWindow

  init(context: TLSContext, window: TLSWindow) throws(SecureServerError) {
    guard let ssl = unsafe SSL_new(context.pointer) else { throw .openSSL(OpenSSLErrors.drain()) }
    unsafe self.ssl = unsafe ssl
    self.window = window
    unsafe window.attach(to: ssl)
    unsafe SSL_set_accept_state(ssl)
  }

  deinit { unsafe SSL_free(ssl) }

  func doHandshake() -> Outcome { unsafe outcome(of: SSL_do_handshake(ssl)) }

  /// Decrypts into the free part of `plaintext`.
  func read(into plaintext: inout OutputRawSpan) -> Outcome {
    unsafe plaintext.withUnsafeMutableBytes { buffer, initialized in
      let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[initialized...])
      var count = 0
      let code = unsafe SSL_read_ex(ssl, free.baseAddress, free.count, &count)
      initialized += count
      return outcome(of: code)
    }
  }

  func write(_ plaintext: RawSpan) -> Outcome {
    unsafe plaintext.withUnsafeBytes { buffer in
      var count = 0
      return unsafe outcome(of: SSL_write_ex(ssl, buffer.baseAddress, buffer.count, &count))
    }
  }

  /// Says close_notify.
  func shutdown() -> Outcome {
    let code = unsafe SSL_shutdown(ssl)
    return code >= 0 ? .complete : outcome(of: code)
  }

  /// The callbacks that only a handshake needs cost time on every record.
  func forgetHandshakeCallbacks() { unsafe SSL_set_msg_callback(ssl, nil) }

  /// In TLS 1.3 the session's master key is the pre-shared key itself, and nobody asks for it after the handshake: a
  /// ticket's key is derived anew (RFC 8446 §4.6.1), and a connection that lives for months should not hold it.
  func forgetPreSharedKey() {
    guard version == .tlsv13, let session = unsafe SSL_get_session(ssl) else { return }
    let count = unsafe SSL_SESSION_get_master_key(session, nil, 0)
    let zeros = [UInt8](repeating: 0, count: PreSharedKey.maximumLength)
    unsafe SSL_SESSION_set1_master_key(session, zeros, zeros.count)
    unsafe SSL_SESSION_set1_master_key(session, zeros, min(count, zeros.count))
  }

  var version: TLSVersion { unsafe SSL_version(ssl) == TLS1_3_VERSION ? .tlsv13 : .tlsv12 }

  var cipherSuite: String {
    guard let name = unsafe SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)) else { return "" }
    return unsafe String(cString: name)
  }

  /// Whether a session or a TLS 1.3 pre-shared key was taken up (SSL_session_reused(3)).
  var reusesSession: Bool { unsafe SSL_session_reused(ssl) == 1 }

  /// The client's certificate first, then what it sent with it; of a resumed session the first alone.
  var peerCertificates: [TLSCertificate] {
    guard let leaf = unsafe SSL_get1_peer_certificate(ssl) else { return [] }
    let first = TLSCertificate(unsafe X509Object(owning: leaf))
    return unsafe [first] + TLSCertificate.all(in: SSL_get_peer_cert_chain(ssl)).filter { $0 != first }
  }

  var isPeerVerified: Bool { unsafe SSL_get_verify_result(ssl) == CLong(X509_V_OK) }

  var applicationProtocol: String? {
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    unsafe SSL_get0_alpn_selected(ssl, &name, &count)
    guard let start = unsafe name, count > 0 else { return nil }
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
  }

  private func outcome(of code: CInt) -> Outcome {
    if code > 0 { return .complete }
    switch unsafe SSL_get_error(ssl, code) {
    case SSL_ERROR_WANT_READ: return .wantMoreBytes
    case SSL_ERROR_ZERO_RETURN: return .closed
    default: return .failed(OpenSSLFailure())
    }
  }
}
