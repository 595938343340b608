import COpenSSL

// What OpenSSL asks about a client's certificate.

private func handshake(of store: OpaquePointer?) -> TLSHandshake? {
  let ssl = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
  return unsafe TLSWindow.of(OpaquePointer(ssl))?.handshake
}

// Each error, at each depth (SSL_CTX_set_verify(3)); 1 goes on, so that all are found.
func collectErrorCallback(isFine: CInt, store: OpaquePointer?) -> CInt {
  guard isFine != 1 else { return 1 }
  let code = unsafe X509_STORE_CTX_get_error(store)
  let depth = unsafe X509_STORE_CTX_get_error_depth(store)
  unsafe handshake(of: store)?.found(CertificateError(code: .init(rawValue: code), depth: Int(depth)))
  return 1
}

// The whole chain, once (SSL_CTX_set_cert_verify_callback(3)). The error that is left tells the alert.
func verifyChainCallback(store: OpaquePointer?, argument: UnsafeMutableRawPointer?) -> CInt {
  guard let handshake = unsafe handshake(of: store) else { return 0 }
  let result = unsafe X509_verify_cert(store)
  var chain = unsafe TLSCertificate.all(in: X509_STORE_CTX_get0_chain(store))
  if chain.isEmpty, let leaf = unsafe X509_STORE_CTX_get0_cert(store) {
    chain = [TLSCertificate(unsafe X509Object(sharing: leaf))]
  }
  // A failure that no certificate is to blame for is one all the same.
  if result <= 0, handshake.certificates.errors.isEmpty {
    let code = unsafe X509_STORE_CTX_get_error(store)
    handshake.found(
      CertificateError(code: code == X509_V_OK ? .applicationVerification : .init(rawValue: code), depth: 0))
  }
  let rejection = handshake.judge(chain)
  let code = rejection?.code.rawValue ?? handshake.certificates.errors.first?.code.rawValue ?? X509_V_OK
  unsafe X509_STORE_CTX_set_error(store, code)
  return rejection == nil ? 1 : 0
}
