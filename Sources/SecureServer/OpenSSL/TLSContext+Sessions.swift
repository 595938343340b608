import COpenSSL

extension TLSContext {
  /// Sets who gets tickets, and which of them are taken.
  func setSessions() {
    // Without it a TLS 1.3 key fails wherever peers are verified.
    let name = Array("SecureServer".utf8)
    unsafe SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count))
    unsafe SSL_CTX_set_generate_session_id(pointer, sessionNumberCallback)
    guard let tickets = configuration.sessionTickets else {
      unsafe SSL_CTX_set_num_tickets(pointer, 0)
      return
    }
    unsafe SSL_CTX_set_num_tickets(pointer, 1)
    unsafe SSL_CTX_set_timeout(pointer, CLong(tickets.lifetime.components.seconds))
    unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(pointer, ticketKeyCallback)
    unsafe SSL_CTX_set_session_ticket_cb(pointer, generateTicketCallback, decryptTicketCallback, nil)
  }

  /// Whether a pre-shared key's identity is one of our tickets, by the name of its key.
  func isTicketOfOurs(_ identity: [UInt8]) -> Bool {
    guard let tickets = configuration.sessionTickets, identity.count > SessionTicketKey.nameCount else { return false }
    return tickets.key(named: identity.prefix(SessionTicketKey.nameCount)) != nil
  }

  /// A digest of what a client had to prove. A session goes on only where that is the same. (OpenSSL's session id context
  /// would do too late for it: in TLS 1.3 the client's next pre-shared key would no longer be looked at.)
  static func rules(of tls: TLSConfiguration) -> [UInt8] {
    let rules = """
      \(tls.cipherSuites) \(tls.clientCertificates) \(tls.verificationDepth ?? -1) \
      \(tls.preSharedKeyProvider != nil) \(tls.allowsCertificateInsteadOfPSK) \(tls.allowsPSKWithoutForwardSecrecy) \
      \(tls.trustRoots.map(\.fingerprint)) \
      \(tls.openSSLCommands)
      """
    return SHA256Digest.of(Array(rules.utf8))
  }
}
