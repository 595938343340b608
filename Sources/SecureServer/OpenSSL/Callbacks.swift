import COpenSSL

// What OpenSSL calls during a handshake. Each finds the handshake that is being driven, asks it, and translates the
// answer; nothing is decided here.

func infoCallback(ssl: OpaquePointer?, place: CInt, value: CInt) {
  guard place & SSL_CB_ALERT != 0, let window = unsafe TLSWindow.of(ssl) else { return }
  let alert = TLSAlert(code: UInt8(truncatingIfNeeded: value), isFatal: value >> 8 == SSL3_AL_FATAL)
  window.record(alert, isSent: place & SSL_CB_WRITE != 0)
}

func clientHelloCallback(
  ssl: OpaquePointer?, alert: UnsafeMutablePointer<CInt>?, argument: UnsafeMutableRawPointer?
) -> CInt {
  guard let handshake = unsafe TLSWindow.of(ssl)?.handshake else { return SSL_CLIENT_HELLO_ERROR }
  let hello = unsafe ClientHello(
    legacyVersion: UInt16(truncatingIfNeeded: SSL_client_hello_get0_legacy_version(ssl)),
    supportedVersions: clientHelloExtension(ssl, TLSEXT_TYPE_supported_versions),
    preSharedKeys: clientHelloExtension(ssl, TLSEXT_TYPE_psk),
    keyExchangeModes: clientHelloExtension(ssl, TLSEXT_TYPE_psk_kex_modes),
    cipherSuites: clientHelloCipherSuites(ssl),
    serverName: clientHelloExtension(ssl, TLSEXT_TYPE_server_name))
  // Only a certificate's key exchange in TLS 1.2 needs it then: TLS 1.3 would go on with it where no key fits.
  if hello.offersTLS13, handshake.configuration.maximumTLSVersion == .tlsv13, handshake.context.requiresPreSharedKey,
    handshake.context.hasCertificate
  {
    unsafe SSL_certs_clear(ssl)
  }
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

// One line of a key log (SSL_CTX_set_keylog_callback(3)).
func keyLogCallback(ssl: OpaquePointer?, line: UnsafePointer<CChar>?) {
  guard let line = unsafe line else { return }
  unsafe TLSWindow.of(ssl)?.handshake?.configuration.keyLogCallback?(String(cString: line))
}
