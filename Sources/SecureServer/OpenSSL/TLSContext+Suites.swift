import COpenSSL

extension TLSContext {
  /// Sets the suites that are configured; of TLS 1.2 those for which there is a key or a certificate.
  func setSuites() throws(SecureServerError) {
    let lists = configuration.cipherSuites
    for name in lists.tlsv12 { try check(unsafe SSL_CTX_set_cipher_list(pointer, name), "cipherSuites.tlsv12", name) }
    for name in lists.tlsv13 { try check(unsafe SSL_CTX_set_ciphersuites(pointer, name), "cipherSuites.tlsv13", name) }
    let all = lists.tlsv13.joined(separator: ":")
    try check(unsafe SSL_CTX_set_ciphersuites(pointer, all), "cipherSuites.tlsv13", all)
    guard configuration.minimumTLSVersion == .tlsv12 else { return }
    try setTLS12Suites(lists.tlsv12.joined(separator: ":"))
    try keepUsableSuites()
  }

  /// Leaves out the TLS 1.2 suites for which there is neither a key nor a certificate, and those that authenticate nobody.
  func keepUsableSuites() throws(SecureServerError) {
    guard configuration.minimumTLSVersion == .tlsv12 else { return }
    let usable = try usableSuites(.tlsv12)
    guard !usable.isEmpty else {
      throw .invalidSetting(
        "cipherSuites.tlsv12", reason: "none works with the pre-shared keys and certificates that are configured")
    }
    try setTLS12Suites(usable.joined(separator: ":"))
  }

  private func setTLS12Suites(_ list: String) throws(SecureServerError) {
    try check(unsafe SSL_CTX_set_cipher_list(pointer, list), "cipherSuites.tlsv12", list)
  }

  /// The names of the suites of a version that OpenSSL has now, and that can be used.
  func usableSuites(_ version: TLSVersion) throws(SecureServerError) -> [String] {
    let stack = unsafe SSL_CTX_get_ciphers(pointer)
    var names: [String] = []
    for index in unsafe 0..<max(0, shim_sk_SSL_CIPHER_num(stack)) {
      guard let cipher = unsafe shim_sk_SSL_CIPHER_value(stack, index) else { continue }
      let isTLS13 = unsafe SSL_CIPHER_get_kx_nid(cipher) == NID_kx_any
      guard unsafe isTLS13 == (version == .tlsv13) && (isTLS13 || isUsable(cipher)),
        let name = unsafe SSL_CIPHER_get_name(cipher)
      else { continue }
      names.append(unsafe String(cString: name))
    }
    return names
  }

  private func isUsable(_ cipher: OpaquePointer) -> Bool {
    switch unsafe SSL_CIPHER_get_kx_nid(cipher) {
    case NID_kx_psk, NID_kx_ecdhe_psk, NID_kx_dhe_psk: configuration.preSharedKeyProvider != nil
    case NID_kx_rsa_psk: configuration.preSharedKeyProvider != nil && hasCertificate
    case NID_kx_ecdhe, NID_kx_dhe, NID_kx_rsa:
      // Without authentication it would be a tunnel to anybody.
      unsafe hasCertificate && !requiresPreSharedKey && SSL_CIPHER_get_auth_nid(cipher) != NID_auth_null
    default: false
    }
  }
}

/// The configured TLS 1.3 suites of each hash, as SSL_set_ciphersuites(3) takes them.
struct SuitesByHash {
  private static let numbers: [String: UInt16] = [
    "TLS_AES_128_GCM_SHA256": 0x1301, "TLS_AES_256_GCM_SHA384": 0x1302, "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
    "TLS_AES_128_CCM_SHA256": 0x1304, "TLS_AES_128_CCM_8_SHA256": 0x1305,
  ]

  let sha256: String
  let sha384: String
  let numbers: Set<UInt16>

  init(_ names: [String]) {
    let ofHash = { (hash: BinderHash) in
      names.filter { name in Self.numbers[name].flatMap { BinderHash(suite: $0) } == hash }.joined(separator: ":")
    }
    sha256 = ofHash(.sha256)
    sha384 = ofHash(.sha384)
    numbers = Set(names.compactMap { Self.numbers[$0] })
  }

  func list(of hash: BinderHash) -> String {
    switch hash {
    case .sha256: sha256
    case .sha384: sha384
    }
  }
}
