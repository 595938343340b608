import NIOConcurrencyHelpers
import SecureServer
import TestSupport
import Testing

/// Settings in OpenSSL's own language, DHE parameters, key log.
@Suite struct OpenSSLCommandTests {
  @Test func `a command is applied`() async throws {
    var settings = tls()
    settings.openSSLCommands = [OpenSSLCommand("Ciphersuites", "TLS_AES_128_GCM_SHA256")]
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-tls1_3", "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.cipherSuite) == ["TLS_AES_128_GCM_SHA256"])
    }
  }

  @Test(arguments: [
    (OpenSSLCommand("Nonsense", "1"), "OpenSSL knows no command 'Nonsense'"),
    (OpenSSLCommand("Curves"), "'Curves' needs a value"),
    (OpenSSLCommand("Curves", "P-13"), "'Curves = P-13'"),
    (OpenSSLCommand("MinProtocol", "TLSv1"), "'MinProtocol' has a setting of its own"),
    (OpenSSLCommand("verifyMode", "Request"), "'verifyMode' has a setting of its own"),
    (OpenSSLCommand("Certificate", "/nowhere"), "'Certificate' has a setting of its own"),
  ])
  func `a command that OpenSSL does not take is an error at once`(command: OpenSSLCommand, text: String) {
    var settings = tls()
    settings.openSSLCommands = [command]
    let error = #expect(throws: SecureServerError.self) { try SecureServer(configuration: configuration(settings)) }
    guard case .invalidSetting("openSSLCommands", let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains(text), "\(reason)")
  }

  @Test func `renegotiation cannot be brought back`() async throws {
    var settings = tls()
    settings.openSSLCommands = [OpenSSLCommand("Options", "ClientRenegotiation,Compression")]
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-tls1_2"]) { client in
        try await client.waitForOutput("Verify return code")
        #expect(client.output.contains("Compression: NONE"))
        try client.write("R\n")
        try await client.waitForExit()
      }
      #expect(server.established.count == 1)
    }
  }

  @Test func `suites without authentication cannot be brought back`() async throws {
    var settings = tls()
    settings.openSSLCommands = [OpenSSLCommand("CipherString", "ALL:@SECLEVEL=0")]
    try await withEchoServer(configuration(settings)) { server in
      _ = try await failClient(server, ["-tls1_2", "-cipher", "ADH:@SECLEVEL=0"])
      #expect(try await server.outcomes() == [.noSharedCipher])
    }
  }

  @Test func `DHE parameters of one's own are used, and checked`() async throws {
    let parameters = try await run(
      "openssl", ["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe3072"])
    var settings = tls()
    settings.diffieHellmanParameters = .pem(parameters.output)
    try await withEchoServer(configuration(settings)) { server in
      let options = ["-tls1_2", "-cipher", "DHE-PSK-AES128-GCM-SHA256"]
      try await withOpenSSL(to: server, options) { client in
        try await client.waitForOutput("Server Temp Key: DH, 3072 bits")
      }
    }
    settings.diffieHellmanParameters = .pem("nothing")
    #expect(throws: SecureServerError.self) { try configuration(settings).validated() }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"]) func `a key log has what a debugger needs`(version: String) async throws {
    let lines = NIOLockedValueBox<[String]>([])
    var settings = tls()
    settings.keyLogCallback = { line in lines.withLockedValue { $0.append(line) } }
    try await withEchoServer(configuration(settings)) { server in
      #expect(server.names.first == "keyLogEnabled")
      try await withOpenSSL(to: server, [version, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
    }
    let labels = Set(lines.withLockedValue { $0 }.compactMap { $0.split(separator: " ").first })
    #expect(labels.contains(version == "-tls1_2" ? "CLIENT_RANDOM" : "CLIENT_TRAFFIC_SECRET_0"))
  }
}
