import COpenSSL

/// The SSL_CTX of one configuration, which all its connections share (SSL_CTX_new(3)).
@safe final class TLSContext: @unchecked Sendable {
  // OpenSSL counts references to an SSL_CTX atomically, and nothing changes it after `init`.
  fileprivate(set) var pointer: OpaquePointer
  let configuration: TLSConfiguration
  /// The TLS 1.3 suites that are configured, by hash: a key is bound to one hash.
  let suites: SuitesByHash
  private let applicationProtocols: ApplicationProtocols

  init(_ configuration: TLSConfiguration) throws(SecureServerError) {
    try configuration.validate()
    self.configuration = configuration
    applicationProtocols = try ApplicationProtocols(configuration.applicationProtocols)
    suites = SuitesByHash(configuration.cipherSuites.tlsv13)
    OpenSSLErrors.clear()
    guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else { throw .openSSL(OpenSSLErrors.drain()) }
    unsafe self.pointer = unsafe pointer
    try setVersionsAndSuites()
    setOptions()
    try setPreSharedKeys()
    setCallbacks()
  }

  deinit { unsafe SSL_CTX_free(pointer) }

  private func setVersionsAndSuites() throws(SecureServerError) {
    unsafe shim_SSL_CTX_set_min_proto_version(pointer, configuration.minimumTLSVersion.number)
    unsafe shim_SSL_CTX_set_max_proto_version(pointer, configuration.maximumTLSVersion.number)
    let lists = configuration.cipherSuites
    for name in lists.tlsv12 { try check(unsafe SSL_CTX_set_cipher_list(pointer, name), "cipherSuites.tlsv12", name) }
    for name in lists.tlsv13 { try check(unsafe SSL_CTX_set_ciphersuites(pointer, name), "cipherSuites.tlsv13", name) }
    if !lists.tlsv12.isEmpty {
      let all = lists.tlsv12.joined(separator: ":")
      try check(unsafe SSL_CTX_set_cipher_list(pointer, all), "cipherSuites.tlsv12", all)
    }
    let all = lists.tlsv13.joined(separator: ":")
    try check(unsafe SSL_CTX_set_ciphersuites(pointer, all), "cipherSuites.tlsv13", all)
    for name in configuration.curves { try check(unsafe shim_SSL_CTX_set1_groups_list(pointer, name), "curves", name) }
    let curves = configuration.curves.joined(separator: ":")
    try check(unsafe shim_SSL_CTX_set1_groups_list(pointer, curves), "curves", curves)
    unsafe shim_SSL_CTX_set_dh_auto(pointer, 1)
  }

  private func setOptions() {
    var options =
      shim_SSL_OP_NO_RENEGOTIATION | shim_SSL_OP_NO_COMPRESSION | shim_SSL_OP_NO_TICKET
    if configuration.serverCipherPreference { options |= shim_SSL_OP_CIPHER_SERVER_PREFERENCE }
    if configuration.allowsPSKWithoutForwardSecrecy { options |= shim_SSL_OP_ALLOW_NO_DHE_KEX }
    unsafe SSL_CTX_set_options(pointer, options)
    unsafe shim_SSL_CTX_set_mode(pointer, CLong(SSL_MODE_RELEASE_BUFFERS))
    unsafe shim_SSL_CTX_set_session_cache_mode(pointer, CLong(SSL_SESS_CACHE_OFF))
    unsafe SSL_CTX_set_num_tickets(pointer, 0)
  }

  private func setPreSharedKeys() throws(SecureServerError) {
    if let hint = configuration.pskHint {
      try check(unsafe SSL_CTX_use_psk_identity_hint(pointer, hint), "pskHint", hint)
    }
    // Without it a TLS 1.3 key fails wherever peers are verified.
    let name = Array("device-gateway".utf8)
    unsafe SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count))
  }

  private func setCallbacks() {
    unsafe SSL_CTX_set_client_hello_cb(pointer, clientHelloCallback, nil)
    unsafe SSL_CTX_set_psk_server_callback(pointer, preSharedKeyCallback)
    unsafe SSL_CTX_set_psk_find_session_callback(pointer, findSessionCallback)
    unsafe SSL_CTX_set_msg_callback(pointer, messageCallback)
    unsafe SSL_CTX_set_info_callback(pointer, infoCallback)
    if let list = applicationProtocols.list {
      // Lives as long as this object, which every handshake holds.
      unsafe SSL_CTX_set_alpn_select_cb(pointer, selectProtocolCallback, Unmanaged.passUnretained(list).toOpaque())
    }
  }

  private func check(_ code: CInt, _ setting: String, _ value: String) throws(SecureServerError) {
    guard code != 1 else { return }
    throw .invalidSetting(setting, reason: "OpenSSL does not take '\(value)': \(OpenSSLErrors.drain())")
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

/// The protocols that ALPN may choose, in the wire's form (RFC 7301 §3.1).
struct ApplicationProtocols {
  final class List: Sendable {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  let list: List?

  init(_ names: [String]) throws(SecureServerError) {
    for name in names where !(1...255).contains(name.utf8.count) {
      throw .invalidSetting("applicationProtocols", reason: "a name has 1 to 255 bytes: '\(name)'")
    }
    let bytes = names.flatMap { [UInt8(truncatingIfNeeded: $0.utf8.count)] + Array($0.utf8) }
    list = bytes.isEmpty ? nil : List(bytes)
  }
}

extension TLSVersion {
  var number: CInt {
    switch self {
    case .tlsv12: CInt(TLS1_2_VERSION)
    case .tlsv13: CInt(TLS1_3_VERSION)
    }
  }
}

extension TLSConfiguration {
  fileprivate func validate() throws(SecureServerError) {
    guard minimumTLSVersion <= maximumTLSVersion else {
      throw .invalidSetting(
        "minimumTLSVersion", reason: "\(minimumTLSVersion) is above maximumTLSVersion \(maximumTLSVersion)")
    }
    if minimumTLSVersion == .tlsv12, cipherSuites.tlsv12.isEmpty {
      throw .invalidSetting("cipherSuites.tlsv12", reason: "there is none, and TLS 1.2 is allowed")
    }
    if maximumTLSVersion == .tlsv13, cipherSuites.tlsv13.isEmpty {
      throw .invalidSetting("cipherSuites.tlsv13", reason: "there is none, and TLS 1.3 is allowed")
    }
    for name in cipherSuites.tlsv12 + cipherSuites.tlsv13 + curves {
      guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }) else {
        throw .invalidSetting("cipherSuites, curves", reason: "'\(name)' is not a name")
      }
    }
    guard !curves.isEmpty else { throw .invalidSetting("curves", reason: "there is none") }
    if let hint = pskHint, !(1...128).contains(hint.utf8.count) || hint.utf8.contains(0) {
      throw .invalidSetting("pskHint", reason: "a hint has 1 to 128 bytes without NUL")
    }
    guard (1...PreSharedKey.maximumLength).contains(minimumPreSharedKeyLength) else {
      throw .invalidSetting(
        "minimumPreSharedKeyLength",
        reason: "\(minimumPreSharedKeyLength) is outside 1...\(PreSharedKey.maximumLength)")
    }
  }
}
