import COpenSSL

/// OpenSSL's names of all cipher suites that it has.
enum CipherSuiteNames {
  private static let everySuite = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
  private static let everyTLS13Suite = """
    TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:\
    TLS_AES_128_CCM_8_SHA256
    """

  /// By the numbers on the wire; made when first asked for, with a context that serves nobody.
  static let byNumber: [UInt16: String] = {
    OpenSSLErrors.clear()
    // A name that is missing is shown as a number, so a failure needs no more.
    defer { OpenSSLErrors.clear() }
    guard let context = unsafe SSL_CTX_new(TLS_server_method()) else { return [:] }
    defer { unsafe SSL_CTX_free(context) }
    unsafe SSL_CTX_set_cipher_list(context, everySuite)
    unsafe SSL_CTX_set_ciphersuites(context, everyTLS13Suite)
    let stack = unsafe SSL_CTX_get_ciphers(context)
    var names: [UInt16: String] = [:]
    for index in unsafe 0..<max(0, shim_sk_SSL_CIPHER_num(stack)) {
      guard let cipher = unsafe shim_sk_SSL_CIPHER_value(stack, index), let name = unsafe SSL_CIPHER_get_name(cipher)
      else { continue }
      names[unsafe SSL_CIPHER_get_protocol_id(cipher)] = unsafe String(cString: name)
    }
    return names
  }()
}
