import COpenSSL

// What OpenSSL asks about session tickets.

// The key of a ticket (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)): 1 goes on, 2 as well and the ticket is renewed, 0 forgets
// the ticket.
func ticketKeyCallback(
  ssl: OpaquePointer?, name: UnsafeMutablePointer<UInt8>?, vector: UnsafeMutablePointer<UInt8>?,
  cipher: OpaquePointer?, code: OpaquePointer?, encrypts: CInt
) -> CInt {
  guard let tickets = unsafe TLSWindow.of(ssl)?.handshake?.configuration.sessionTickets,
    let name = unsafe name, let vector = unsafe vector
  else { return 0 }
  let nameBytes = unsafe UnsafeMutableBufferPointer(start: name, count: SessionTicketKey.nameCount)
  if encrypts == 1 {
    let key = tickets.current()
    _ = unsafe nameBytes.update(fromContentsOf: key.name)
    guard unsafe RAND_bytes(vector, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 else { return -1 }
    return unsafe key.start(cipher, code, vector, encrypts: true) ? 1 : -1
  }
  guard let (key, isOld) = unsafe tickets.key(named: Array(nameBytes)[...]) else { return 0 }
  guard unsafe key.start(cipher, code, vector, encrypts: false) else { return -1 }
  return isOld ? 2 : 1
}

extension SessionTicketKey {
  fileprivate func start(
    _ cipher: OpaquePointer?, _ code: OpaquePointer?, _ vector: UnsafeMutablePointer<UInt8>, encrypts: Bool
  ) -> Bool {
    unsafe secret.withUnsafeBytes { bytes in
      guard let key = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
        unsafe EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nil, key, vector, encrypts ? 1 : 0) == 1
      else { return false }
      return unsafe withHMACParameters { unsafe EVP_MAC_init(code, key + Self.cipherCount, Self.cipherCount, $0) == 1 }
    }
  }

  private func withHMACParameters(_ body: (UnsafePointer<OSSL_PARAM>) -> Bool) -> Bool {
    var digest = Array("SHA256".utf8CString)
    // A parameter points at its name and its value, and copies neither: both must outlive the call.
    return unsafe OSSL_MAC_PARAM_DIGEST.withCString { name in
      unsafe digest.withUnsafeMutableBufferPointer { digest in
        let parameters = unsafe [
          OSSL_PARAM_construct_utf8_string(name, digest.baseAddress, 0), OSSL_PARAM_construct_end(),
        ]
        return unsafe parameters.withUnsafeBufferPointer { parameters in
          unsafe parameters.baseAddress.map { unsafe body($0) } ?? false
        }
      }
    }
  }
}

// What goes into a new ticket (SSL_CTX_set_session_ticket_cb(3)).
func generateTicketCallback(ssl: OpaquePointer?, argument: UnsafeMutableRawPointer?) -> CInt {
  guard let handshake = unsafe TLSWindow.of(ssl)?.handshake else { return 0 }
  let contents = handshake.contentsOfTicket().encoded
  return unsafe SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), contents, contents.count)
}

// Whether the session in a ticket goes on.
func decryptTicketCallback(
  ssl: OpaquePointer?, session: OpaquePointer?, name: UnsafePointer<UInt8>?, nameCount: Int, status: SSL_TICKET_STATUS,
  argument: UnsafeMutableRawPointer?
) -> SSL_TICKET_RETURN {
  guard status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW else {
    return SSL_TICKET_RETURN_IGNORE_RENEW
  }
  guard let handshake = unsafe TLSWindow.of(ssl)?.handshake, let contents = unsafe ticketContents(of: session)
  else { return SSL_TICKET_RETURN_IGNORE_RENEW }
  let version: TLSVersion = unsafe SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION ? .tlsv13 : .tlsv12
  let leaf = unsafe SSL_SESSION_get0_peer(session).map { TLSCertificate(unsafe X509Object(sharing: $0)) }
  guard handshake.mayResume(contents, leaf, version) else { return SSL_TICKET_RETURN_IGNORE_RENEW }
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW
}

private func ticketContents(of session: OpaquePointer?) -> SessionTicketContents? {
  var bytes: UnsafeMutableRawPointer?
  var count = 0
  guard unsafe SSL_SESSION_get0_ticket_appdata(session, &bytes, &count) == 1 else { return nil }
  return unsafe SessionTicketContents(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
}

// The number of a new TLS 1.2 session (SSL_CTX_set_generate_session_id(3)). No peer ever sees it, because no session is
// cached here: all zeros do, as it comes, and 32 random bytes are saved.
func sessionNumberCallback(
  ssl: OpaquePointer?, number: UnsafeMutablePointer<UInt8>?, count: UnsafeMutablePointer<UInt32>?
) -> CInt { 1 }
