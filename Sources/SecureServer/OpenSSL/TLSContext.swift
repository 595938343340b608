import COpenSSL
import Synchronization

/// The SSL_CTX of one configuration, which all its connections share (SSL_CTX_new(3)).
@safe final class TLSContext: @unchecked Sendable {
  // OpenSSL counts references to an SSL_CTX atomically, and nothing changes it after `init`.
  let pointer: OpaquePointer
  let configuration: TLSConfiguration
  /// The TLS 1.3 suites that are in use, by hash: a key is bound to one hash.
  private(set) var suites = SuitesByHash([])
  /// See ``rules(of:)``.
  let sessionRules: [UInt8]
  private let applicationProtocols: ApplicationProtocols
  private let hasAnnouncedKeyLog = Atomic(false)

  /// Whether a peer without a pre-shared key must fail.
  var requiresPreSharedKey: Bool {
    configuration.preSharedKeyProvider != nil && !configuration.allowsCertificateInsteadOfPSK
  }
  var hasCertificate: Bool { !configuration.certificateChain.isEmpty }
  var asksForCertificates: Bool { configuration.clientCertificates != .none }

  init(_ configuration: TLSConfiguration) throws(SecureServerError) {
    try configuration.validate()
    self.configuration = configuration
    applicationProtocols = try ApplicationProtocols(configuration.applicationProtocols)
    sessionRules = Self.rules(of: configuration)
    OpenSSLErrors.clear()
    guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else { throw .openSSL(OpenSSLErrors.drain()) }
    unsafe self.pointer = unsafe pointer
    try setAlgorithms()
    try setCertificates()
    try setPreSharedKeys()
    setSessions()
    try apply(configuration.openSSLCommands)
    // Last, so that no command can undo them.
    setOptions()
    suites = SuitesByHash(try usableSuites(.tlsv13))
    setCallbacks()
  }

  deinit { unsafe SSL_CTX_free(pointer) }

  /// True once: its use is to be told.
  func announcesKeyLog() -> Bool { !hasAnnouncedKeyLog.exchange(true, ordering: .relaxed) }

  private func setAlgorithms() throws(SecureServerError) {
    unsafe shim_SSL_CTX_set_min_proto_version(pointer, configuration.minimumTLSVersion.number)
    unsafe shim_SSL_CTX_set_max_proto_version(pointer, configuration.maximumTLSVersion.number)
    try setSuites()
    for name in configuration.curves { try check(unsafe shim_SSL_CTX_set1_groups_list(pointer, name), "curves", name) }
    let curves = configuration.curves.joined(separator: ":")
    try check(unsafe shim_SSL_CTX_set1_groups_list(pointer, curves), "curves", curves)
    let signatures = configuration.signatureAlgorithms.joined(separator: ":")
    if !signatures.isEmpty {
      try check(unsafe shim_SSL_CTX_set1_sigalgs_list(pointer, signatures), "signatureAlgorithms", signatures)
    }
    switch configuration.diffieHellmanParameters {
    case .automatic: unsafe shim_SSL_CTX_set_dh_auto(pointer, 1)
    case .pem(let text): try setDiffieHellmanParameters(text)
    }
  }

  private func setDiffieHellmanParameters(_ text: String) throws(SecureServerError) {
    let bio = try MemoryBIO(text: text)
    guard let parameters = unsafe PEM_read_bio_Parameters(bio.pointer, nil) else {
      throw .invalidSetting("diffieHellmanParameters", reason: "no parameters in PEM: \(OpenSSLErrors.drain())")
    }
    // The context owns them from now on, unless it refuses them.
    guard unsafe shim_SSL_CTX_set0_tmp_dh_pkey(pointer, parameters) == 1 else {
      unsafe EVP_PKEY_free(parameters)
      throw .invalidSetting("diffieHellmanParameters", reason: "OpenSSL does not take them: \(OpenSSLErrors.drain())")
    }
  }

  private func setOptions() {
    var options = shim_SSL_OP_NO_RENEGOTIATION | shim_SSL_OP_NO_COMPRESSION
    if configuration.sessionTickets == nil { options |= shim_SSL_OP_NO_TICKET }
    if configuration.serverCipherPreference { options |= shim_SSL_OP_CIPHER_SERVER_PREFERENCE }
    if configuration.allowsPSKWithoutForwardSecrecy { options |= shim_SSL_OP_ALLOW_NO_DHE_KEX }
    unsafe SSL_CTX_set_options(pointer, options)
    unsafe shim_SSL_CTX_set_mode(pointer, CLong(SSL_MODE_RELEASE_BUFFERS))
    unsafe shim_SSL_CTX_set_session_cache_mode(pointer, CLong(SSL_SESS_CACHE_OFF))
  }

  private func setPreSharedKeys() throws(SecureServerError) {
    guard configuration.preSharedKeyProvider != nil else { return }
    if let hint = configuration.pskHint {
      try check(unsafe SSL_CTX_use_psk_identity_hint(pointer, hint), "pskHint", hint)
    }
    unsafe SSL_CTX_set_psk_server_callback(pointer, preSharedKeyCallback)
    unsafe SSL_CTX_set_psk_find_session_callback(pointer, findSessionCallback)
    unsafe SSL_CTX_set_msg_callback(pointer, messageCallback)
  }

  private func setCallbacks() {
    unsafe SSL_CTX_set_client_hello_cb(pointer, clientHelloCallback, nil)
    unsafe SSL_CTX_set_info_callback(pointer, infoCallback)
    if configuration.keyLogCallback != nil {
      StandardError.warn("the secrets of all TLS connections are logged (keyLogCallback): for debugging only")
      unsafe SSL_CTX_set_keylog_callback(pointer, keyLogCallback)
    }
    if let list = applicationProtocols.list {
      // Lives as long as this object, which every handshake holds.
      unsafe SSL_CTX_set_alpn_select_cb(pointer, selectProtocolCallback, Unmanaged.passUnretained(list).toOpaque())
    }
  }

  func check(_ code: CInt, _ setting: String, _ value: String) throws(SecureServerError) {
    guard code != 1 else { return }
    throw .invalidSetting(setting, reason: "OpenSSL does not take '\(value)': \(OpenSSLErrors.drain())")
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
