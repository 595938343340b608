import SecureServer
import TestSupport
import Testing

@Suite struct PreSharedKeyTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `a client with the right key is served`(version: String) async throws {
    try await withEchoServer { server in
      try await withOpenSSL(to: server, [version, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.pskIdentity) == [Array("demo".utf8)])
      #expect(server.failures.isEmpty)
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `B1: a wrong key is refused and named`(version: String) async throws {
    try await withEchoServer { server in
      _ = try await failOpenSSL(to: server, key: Array(repeating: 1, count: 16), [version])
      #expect(try await server.outcomes() == [.wrongPreSharedKey])
      #expect(server.failures.first?.offeredIdentity == Array("demo".utf8))
    }
  }

  // Each suite of the presets that OpenSSL's client can offer.
  @Test(arguments: CipherSuites.legacy.tlsv12.filter { $0.contains("PSK") })
  func `B4: every TLS 1.2 suite of the presets works`(suite: String) async throws {
    var settings = tls()
    settings.cipherSuites = .legacy
    if suite.hasPrefix("RSA") {
      settings.certificateChain = try await Certificates.made().chain("rsa-server")
      settings.privateKey = try await Certificates.made().key("rsa-server")
    }
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-tls1_2", "-cipher", suite, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.cipherSuite) == [suite])
    }
  }

  @Test func `RSA-PSK works for a client that offers TLS 1.3 as well`() async throws {
    var settings = tls()
    settings.maximumTLSVersion = .tlsv12
    settings.cipherSuites = .legacy
    settings.certificateChain = try await Certificates.made().chain("rsa-server")
    settings.privateKey = try await Certificates.made().key("rsa-server")
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-cipher", "RSA-PSK-AES128-GCM-SHA256", "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
    }
  }

  @Test(arguments: [
    "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256",
    "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
  ])
  func `every TLS 1.3 suite of SHA-256 works`(suites: String) async throws {
    var settings = tls()
    settings.cipherSuites = .constrained
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-tls1_3", "-ciphersuites", suites, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.count == 1)
    }
  }

  /// OpenSSL would choose a suite of SHA-256 where the client offers one.
  @Test(arguments: [
    "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
    "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
  ])
  func `B5b: a SHA-384 key works whatever else the client offers`(suites: String) async throws {
    try await withEchoServer { server in
      try await withSHA384Session { session in
        let options = ["-tls1_3", "-ciphersuites", suites, "-psk_session", session, "-quiet"]
        try await withOpenSSL(to: server, options) { client in
          try client.write("hello\n")
          try await client.waitForOutput("hello\n")
        }
      }
      #expect(server.established.map(\.cipherSuite) == ["TLS_AES_256_GCM_SHA384"])
    }
  }

  /// With ECDHE-PSK in TLS 1.2 Debian 12's gnutls-cli crashes by itself, against any server.
  @Test(arguments: ["NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+PSK", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+ECDHE-PSK:+PSK"])
  func `GnuTLS is served`(priority: String) async throws {
    try await withEchoServer { server in
      let arguments = [
        "127.0.0.1", "-p", "\(server.port)", "--pskusername", "demo", "--pskkey", hex(demoKey), "--priority", priority,
      ]
      try await withProcess("gnutls-cli", arguments) { client in
        try await client.waitForOutput("Handshake was completed")
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.pskIdentity) == [Array("demo".utf8)])
    }
  }

  /// s_client itself takes no more than 255.
  @Test(arguments: [1, 128, 255], ["-tls1_2", "-tls1_3"])
  func `B5: an identity may be long`(count: Int, version: String) async throws {
    let identity = String(repeating: "i", count: count)
    try await withEchoServer(configuration(tls([Array(identity.utf8): demoKey]))) { server in
      try await withOpenSSL(to: server, identity: identity, [version, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.pskIdentity?.count) == [count])
    }
  }

  @Test func `the hint reaches a TLS 1.2 client`() async throws {
    var settings = tls()
    settings.pskHint = "Server Y"
    try await withEchoServer(configuration(settings)) { server in
      let identity = Array("demo".utf8)
      try await withOpenSSL(to: server, ["-tls1_2"]) { client in
        try await client.waitForOutput("PSK identity hint: Server Y")
      }
      #expect(server.established.map(\.pskIdentity) == [identity])
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `a key below the configured length is refused`(version: String) async throws {
    let short = [UInt8](repeating: 3, count: 6)
    let identity = Array("demo".utf8)
    try await withEchoServer(configuration(tls([identity: short]))) { server in
      _ = try await failOpenSSL(to: server, key: short, [version])
      #expect(try await server.outcomes() == [.preSharedKeyTooShort])
    }
    var settings = tls([identity: short])
    settings.minimumPreSharedKeyLength = 6
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, key: short, [version, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
    }
  }

  @Test(arguments: [0, 513]) func `a key has 1 to 512 bytes`(count: Int) {
    let bytes = [UInt8](repeating: 1, count: count)
    #expect(throws: SecureServerError.invalidKeyLength(count)) { try PreSharedKey(bytes) }
  }

  @Test func `a key never shows itself`() throws {
    let key = try PreSharedKey(demoKey)
    var dumped = ""
    dump(key, to: &dumped)
    #expect("\(key)" == "<redacted>")
    #expect(!dumped.contains("16"))
  }

  @Test func `after a HelloRetryRequest the same key goes on`() async throws {
    var settings = tls()
    settings.curves = ["P-384"]
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-tls1_3", "-groups", "X25519:P-384", "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
    }
  }

  @Test func `B5b: psk_ke is refused unless it is allowed`() async throws {
    let options = ["-tls1_3", "-allow_no_dhe_kex", "-groups", "X448", "-quiet"]
    var settings = tls()
    settings.curves = ["P-256"]
    try await withEchoServer(configuration(settings)) { server in
      _ = try await failOpenSSL(to: server, options)
      #expect(try await server.outcomes() != [nil])
    }
    settings.allowsPSKWithoutForwardSecrecy = true
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, options) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
    }
  }
}
