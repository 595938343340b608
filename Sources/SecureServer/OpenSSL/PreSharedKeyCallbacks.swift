import COpenSSL

// What OpenSSL asks about pre-shared keys.

// The identity in a TLS 1.2 ClientKeyExchange, whole: the callback below is given a C string, cut at NUL.
func messageCallback(
  isSent: CInt, version: CInt, contentType: CInt, bytes: UnsafeRawPointer?, count: Int, ssl: OpaquePointer?,
  argument: UnsafeMutableRawPointer?
) {
  guard isSent == 0, contentType == SSL3_RT_HANDSHAKE, version != TLS1_3_VERSION, count > 6, let bytes = unsafe bytes,
    unsafe bytes.load(as: UInt8.self) == UInt8(SSL3_MT_CLIENT_KEY_EXCHANGE)
  else { return }
  let message = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
  unsafe TLSWindow.of(ssl)?.handshake?.receivedClientKeyExchange(Array(message.dropFirst(4)))
}

// TLS 1.2 (SSL_CTX_set_psk_server_callback(3)); TLS 1.3 asks it as well, and must get no answer.
func preSharedKeyCallback(
  ssl: OpaquePointer?, identity: UnsafePointer<CChar>?, buffer: UnsafeMutablePointer<UInt8>?, maximum: UInt32
) -> UInt32 {
  guard unsafe SSL_version(ssl) != TLS1_3_VERSION, let handshake = unsafe TLSWindow.of(ssl)?.handshake,
    let secret = handshake.keyForClientKeyExchange(maximumLength: Int(maximum))
  else { return 0 }
  unsafe secret.withUnsafeBytes { bytes in
    guard let start = bytes.baseAddress else { return }
    unsafe UnsafeMutableRawPointer(buffer)?.copyMemory(from: start, byteCount: bytes.count)
  }
  return UInt32(secret.count)
}

// TLS 1.3 (SSL_CTX_set_psk_find_session_callback(3)): 1 with no session means "not this one", and OpenSSL goes on.
func findSessionCallback(
  ssl: OpaquePointer?, identity: UnsafePointer<UInt8>?, count: Int,
  session: UnsafeMutablePointer<OpaquePointer?>?
) -> CInt {
  unsafe session?.pointee = nil
  guard let identity = unsafe identity, let handshake = unsafe TLSWindow.of(ssl)?.handshake,
    let key = unsafe handshake.key(for: Array(UnsafeBufferPointer(start: identity, count: count)))
  else { return 1 }
  // OpenSSL owns the session from now on.
  unsafe session?.pointee = unsafe makeSession(
    ssl, key.secret, key.hash, handshake.configuration.sessionTickets?.lifetime)
  return 1
}

private func makeSession(
  _ ssl: OpaquePointer?, _ secret: Secret, _ hash: BinderHash, _ lifetime: Duration?
) -> OpaquePointer? {
  guard let session = unsafe SSL_SESSION_new() else { return nil }
  // Its tickets live as long as it does, by default 304 seconds.
  if let lifetime { unsafe SSL_SESSION_set_timeout(session, CLong(lifetime.components.seconds)) }
  let isReady = unsafe secret.withUnsafeBytes { bytes in
    unsafe SSL_SESSION_set1_master_key(session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
      == 1
      && SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, hash.suite)) == 1
      && SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1
  }
  guard isReady else {
    unsafe SSL_SESSION_free(session)
    return nil
  }
  return unsafe session
}
