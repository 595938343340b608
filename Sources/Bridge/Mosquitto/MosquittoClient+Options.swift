import CMosquitto
import Model

extension MosquittoClient {
  /// Sets libmosquitto up, once a process: it is not thread-safe, and Swift runs this once.
  static let library: Void = { _ = mosquitto_lib_init() }()

  func setOptions(window: Int) throws(BridgeError) {
    try check(
      unsafe mosquitto_int_option(
        handle, MOSQ_OPT_PROTOCOL_VERSION, version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311))
    try check(unsafe mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, CInt(clamping: window)))
    // It takes more than it has said (20) for an error, and a whole batch is read before its acknowledgements leave: how
    // much is under way the broker says.
    try check(unsafe mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, CInt(UInt16.max)))
    try check(unsafe mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1))
    // Nothing is sent but by write(): whole batches leave together, and no callback runs inside publish().
    try check(unsafe mosquitto_threaded_set(handle, true))
  }

  /// Lends `body` a list with one property: how long the broker keeps the session (MQTT 5 §3.1.2.11.2).
  func withSessionExpiry<Failure: Error>(
    _ seconds: UInt32, _ body: (OpaquePointer?) throws(Failure) -> Void
  ) throws(Failure) {
    guard version == .v5 else { return try body(nil) }
    var properties: OpaquePointer?
    // Without memory for it the session ends with the connection.
    _ = unsafe mosquitto_property_add_int32(&properties, CInt(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), seconds)
    defer { unsafe mosquitto_property_free_all(&properties) }
    try unsafe body(properties)
  }

  func setWill(_ will: Message) throws(BridgeError) {
    let code = unsafe will.payload.withUnsafeBytes { payload in
      unsafe mosquitto_will_set_v5(
        handle, will.topic.name, CInt(clamping: payload.count), payload.baseAddress, CInt(will.qos.rawValue),
        will.retain, nil)
    }
    try check(code)
  }

  func setSecurity(_ security: BrokerSecurity) throws(BridgeError) {
    switch security {
    case .plain: break
    case .certificates(let certificates): try setCertificates(certificates)
    case .presharedKey(let identity, let key): try setKey(key, identity: identity)
    }
  }

  private func setCertificates(_ files: BrokerCertificates) throws(BridgeError) {
    var directory: String?
    if files.authorityFile == nil {
      try check(unsafe mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1))
      if files.certificateFile == nil, files.keyFile == nil { return }
      // mosquitto_tls_set wants a place of authorities all the same.
      directory = "/etc/ssl/certs"
    }
    // An encrypted key would be asked for on the terminal: it gets no password instead.
    let code = unsafe mosquitto_tls_set(
      handle, files.authorityFile, directory, files.certificateFile, files.keyFile, { _, _, _, _ in 0 })
    guard code == CInt(MOSQ_ERR_INVAL.rawValue) else { return try check(code) }
    let names = [files.authorityFile, files.certificateFile, files.keyFile].compactMap(\.self)
    throw .connection("cannot read each of \(names.joined(separator: ", ")); a certificate and its key come together")
  }
}

// Secrets, as C strings that are wiped after the call. libmosquitto's own copies are not.
extension MosquittoClient {
  func setCredentials(of broker: BrokerAddress) throws(BridgeError) {
    guard let user = broker.user else { return }
    guard let password = broker.password else { return try check(unsafe mosquitto_username_pw_set(handle, user, nil)) }
    var text = password.withBytes { $0.copied() }
    defer { wipe(&text) }
    guard !text.contains(0) else { throw .connection("the password has a NUL, which cannot be sent") }
    text.append(0)
    try check(unsafe withCString(text) { unsafe mosquitto_username_pw_set(handle, user, $0) })
  }

  private func setKey(_ key: SecretBytes, identity: String) throws(BridgeError) {
    var hex = key.withBytes { $0.copiedAsHex() }
    defer { wipe(&hex) }
    hex.append(0)
    try check(unsafe withCString(hex) { unsafe mosquitto_tls_psk_set(handle, $0, identity, nil) })
  }

  private func withCString(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>?) -> CInt) -> CInt {
    unsafe bytes.withUnsafeBytes { raw in unsafe body(raw.baseAddress?.assumingMemoryBound(to: CChar.self)) }
  }
}

extension Span<UInt8> {
  /// The bytes with room for one more, so that the terminator moves nothing and leaves no copy behind.
  fileprivate func copied() -> [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(count + 1)
    for index in indices { copy.append(self[index]) }
    return copy
  }

  /// Likewise, two hex digits a byte.
  fileprivate func copiedAsHex() -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    var copy: [UInt8] = []
    copy.reserveCapacity(2 * count + 1)
    for index in indices { copy += [digits[Int(self[index] >> 4)], digits[Int(self[index] & 15)]] }
    return copy
  }
}
