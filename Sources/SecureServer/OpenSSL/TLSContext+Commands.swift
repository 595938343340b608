import COpenSSL

extension TLSContext {
  /// What has a setting of its own here, which the rest of the server relies on.
  private static let reserved: Set<String> = [
    "certificate", "privatekey", "chaincafile", "chaincapath", "chaincastore", "verifymode", "verifycafile",
    "verifycapath", "verifycastore", "requestcafile", "requestcapath", "requestcastore", "clientcafile",
    "clientcapath", "clientcastore", "minprotocol", "maxprotocol", "protocol",
  ]

  /// Applies commands of OpenSSL's own language (SSL_CONF_cmd(3)).
  func apply(_ commands: [OpenSSLCommand]) throws(SecureServerError) {
    guard !commands.isEmpty else { return }
    guard let context = unsafe SSL_CONF_CTX_new() else { throw .openSSL(OpenSSLErrors.drain()) }
    defer { unsafe SSL_CONF_CTX_free(context) }
    unsafe SSL_CONF_CTX_set_flags(
      context, UInt32(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE | SSL_CONF_FLAG_SHOW_ERRORS)
    )
    unsafe SSL_CONF_CTX_set_ssl_ctx(context, pointer)
    for command in commands {
      guard !Self.reserved.contains(command.name.lowercased()) else {
        throw .invalidSetting(
          "openSSLCommands", reason: "'\(command.name)' has a setting of its own in TLSConfiguration")
      }
      OpenSSLErrors.clear()
      switch unsafe SSL_CONF_cmd(context, command.name, command.value) {
      case 1...: continue
      case -2: throw .invalidSetting("openSSLCommands", reason: "OpenSSL knows no command '\(command.name)'")
      case -3: throw .invalidSetting("openSSLCommands", reason: "'\(command.name)' needs a value")
      default: throw .invalidSetting("openSSLCommands", reason: "'\(command)': \(OpenSSLErrors.drain())")
      }
    }
    guard unsafe SSL_CONF_CTX_finish(context) == 1 else {
      throw .invalidSetting("openSSLCommands", reason: OpenSSLErrors.drain())
    }
    // A list of suites may have come with them.
    try keepUsableSuites()
  }
}
