import COpenSSL

// What OpenSSL calls during a handshake. Each finds the handshake that is being driven, asks it, and translates the
// answer; nothing is decided here.

func infoCallback(ssl: OpaquePointer?, place: CInt, value: CInt) {
  guard place & SSL_CB_ALERT != 0, let window = unsafe TLSWindow.of(ssl) else { return }
  let alert = TLSAlert(code: UInt8(truncatingIfNeeded: value), isFatal: value >> 8 == SSL3_AL_FATAL)
  window.record(alert, isSent: place & SSL_CB_WRITE != 0)
}

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
  unsafe session?.pointee = unsafe makeSession(ssl, key.secret, key.hash)
  return 1
}

private func makeSession(_ ssl: OpaquePointer?, _ secret: Secret, _ hash: BinderHash) -> OpaquePointer? {
  guard let session = unsafe SSL_SESSION_new() else { return nil }
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

func clientHelloCallback(
  ssl: OpaquePointer?, alert: UnsafeMutablePointer<CInt>?, argument: UnsafeMutableRawPointer?
) -> CInt {
  guard let handshake = unsafe TLSWindow.of(ssl)?.handshake else { return SSL_CLIENT_HELLO_ERROR }
  let hello = unsafe ClientHello(
    supportedVersions: clientHelloExtension(ssl, TLSEXT_TYPE_supported_versions),
    preSharedKeys: clientHelloExtension(ssl, TLSEXT_TYPE_psk),
    keyExchangeModes: clientHelloExtension(ssl, TLSEXT_TYPE_psk_kex_modes),
    cipherSuites: clientHelloCipherSuites(ssl))
  switch handshake.receivedClientHello(hello) {
  case .proceed: return SSL_CLIENT_HELLO_SUCCESS
  case .narrow(let suites):
    return unsafe SSL_set_ciphersuites(ssl, suites) == 1 ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR
  case .refuse(let code):
    unsafe alert?.pointee = CInt(code)
    return SSL_CLIENT_HELLO_ERROR
  }
}

private func clientHelloExtension(_ ssl: OpaquePointer?, _ type: CInt) -> [UInt8]? {
  var bytes: UnsafePointer<UInt8>?
  var count = 0
  guard unsafe SSL_client_hello_get0_ext(ssl, UInt32(type), &bytes, &count) == 1 else { return nil }
  return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
}

private func clientHelloCipherSuites(_ ssl: OpaquePointer?) -> [UInt8] {
  var bytes: UnsafePointer<UInt8>?
  let count = unsafe SSL_client_hello_get0_ciphers(ssl, &bytes)
  return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
}

func selectProtocolCallback(
  ssl: OpaquePointer?, selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  selectedCount: UnsafeMutablePointer<UInt8>?,
  offered: UnsafePointer<UInt8>?, offeredCount: UInt32, argument: UnsafeMutableRawPointer?
) -> CInt {
  guard let argument = unsafe argument else { return SSL_TLSEXT_ERR_NOACK }
  let ours = unsafe Unmanaged<ApplicationProtocols.List>.fromOpaque(argument).takeUnretainedValue().bytes
  var choice: UnsafeMutablePointer<UInt8>?
  let result = unsafe SSL_select_next_proto(
    &choice, selectedCount, ours, UInt32(ours.count), offered, offeredCount)
  guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  unsafe selected?.pointee = unsafe UnsafePointer(choice)
  return SSL_TLSEXT_ERR_OK
}
