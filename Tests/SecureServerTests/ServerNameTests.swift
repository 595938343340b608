import NIOConcurrencyHelpers
import SecureServer
import TestSupport
import Testing

/// Settings by server name (SNI).
@Suite struct ServerNameTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"]) func `the name chooses the certificate`(version: String) async throws {
    try await withEchoServer(configuration(settings())) { server in
      for (options, subject) in [(["-servername", "other.example"], "other-server"), (["-noservername"], "server")] {
        try await withProcess("openssl", ["s_client", "-connect", server.address, version] + options) { client in
          try await client.waitForOutput("Verify return code")
          #expect(client.output.contains("subject=CN = \(subject)\n"))
        }
      }
      // In TLS 1.3 the client is done before we are.
      try await eventually("both") { server.established.count == 2 }
      #expect(server.established.map(\.serverName) == ["other.example", nil])
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"]) func `a name can be refused`(version: String) async throws {
    try await withEchoServer(configuration(settings())) { server in
      _ = try await failClient(server, [version, "-servername", "unknown.example"])
      #expect(try await server.outcomes() == [.unknownServerName])
      #expect(server.alertsSent == [112])
    }
  }

  @Test func `all of the settings that a name chooses apply`() async throws {
    var chosen = tls()
    chosen.minimumTLSVersion = .tlsv13
    let prepared = try PreparedTLSConfiguration(chosen)
    var settings = try await Certificates.made().tls()
    settings.serverNameSelector = { $0 == "keys.example" ? .use(prepared) : .useDefault }
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-quiet", "-servername", "keys.example"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      _ = try await failOpenSSL(to: server, ["-tls1_2", "-servername", "keys.example"])
      try await expectEcho(server, ["-tls1_2", "-servername", "www.example"])
      #expect(try await server.outcomes(3) == [nil, .unsupportedVersion, nil])
      #expect(server.established.map(\.pskIdentity) == [Array("demo".utf8), nil])
    }
  }

  @Test func `a name in a ClientHello of many records is found`() async throws {
    let asked = NIOLockedValueBox<[String?]>([])
    var settings = tls()
    settings.serverNameSelector = { name in
      asked.withLockedValue { $0.append(name) }
      return .useDefault
    }
    try await withEchoServer(configuration(settings)) { server in
      var hello = ClientHelloBytes()
      hello.serverName = "split.example"
      let message = hello.message
      let records = stride(from: 0, to: message.count, by: 7).flatMap {
        ClientHelloBytes.record(Array(message[$0..<min($0 + 7, message.count)]))
      }
      try await RawClient.connect(to: server).send(records)
      _ = try await server.outcomes()
    }
    #expect(asked.withLockedValue { $0 } == ["split.example"])
  }

  private func settings() async throws -> TLSConfiguration {
    let certificates = try await Certificates.made()
    let other = try PreparedTLSConfiguration(certificates.tls("other-server"))
    var settings = try certificates.tls()
    settings.serverNameSelector = { name in
      switch name {
      case nil: .useDefault
      case "other.example": .use(other)
      default: .reject
      }
    }
    return settings
  }
}
