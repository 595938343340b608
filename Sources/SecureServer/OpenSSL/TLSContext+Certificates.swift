import COpenSSL

extension TLSContext {
  /// Sets our certificate, and what is asked of the client's.
  func setCertificates() throws(SecureServerError) {
    guard let leaf = configuration.certificateChain.first, let key = configuration.privateKey else { return }
    try check(unsafe SSL_CTX_use_certificate(pointer, leaf.object.pointer), "certificateChain", leaf.subject)
    for issuer in configuration.certificateChain.dropFirst() {
      try check(
        unsafe shim_SSL_CTX_add1_chain_cert(pointer, issuer.object.pointer), "certificateChain", issuer.subject)
    }
    guard unsafe SSL_CTX_use_PrivateKey(pointer, key.object.pointer) == 1,
      unsafe SSL_CTX_check_private_key(pointer) == 1
    else {
      throw .invalidSetting("privateKey", reason: "it is not the key of '\(leaf.subject)': \(OpenSSLErrors.drain())")
    }
    try setVerification()
  }

  private func setVerification() throws(SecureServerError) {
    let store = unsafe SSL_CTX_get_cert_store(pointer)
    for root in configuration.trustRoots {
      try check(unsafe X509_STORE_add_cert(store, root.object.pointer), "trustRoots", root.subject)
      guard configuration.sendCANameList, asksForCertificates else { continue }
      try check(unsafe SSL_CTX_add_client_CA(pointer, root.object.pointer), "trustRoots", root.subject)
    }
    if let depth = configuration.verificationDepth { unsafe SSL_CTX_set_verify_depth(pointer, CInt(clamping: depth)) }
    switch configuration.clientCertificates {
    case .none: return
    case .request: unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, collectErrorCallback)
    case .require:
      unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, collectErrorCallback)
    }
    unsafe SSL_CTX_set_cert_verify_callback(pointer, verifyChainCallback, nil)
  }
}
