import SecureServer
import TestSupport
import Testing

/// What a refused peer can learn (secure-server rule 8).
@Suite struct MaskingTests {
  private static let wrongKey = [UInt8](repeating: 1, count: 16)

  @Test(arguments: [("-tls1_2", UInt8(20)), ("-tls1_3", 47)])
  func `B2: an unknown identity gets the alert of a wrong key`(version: String, alert: UInt8) async throws {
    try await withEchoServer { server in
      _ = try await failOpenSSL(to: server, identity: "nobody", key: Self.wrongKey, [version])
      _ = try await failOpenSSL(to: server, identity: "demo", key: Self.wrongKey, [version])
      #expect(try await server.outcomes(2) == [.unknownPSKIdentity, .wrongPreSharedKey])
      #expect(server.alertsSent == [alert, alert])
      #expect(server.failures.map(\.offeredIdentity) == [Array("nobody".utf8), Array("demo".utf8)])
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `B2: an unknown identity gets an alert of its own where the policy says so`(version: String) async throws {
    var settings = tls()
    settings.unknownIdentityPolicy = .alert
    try await withEchoServer(configuration(settings)) { server in
      _ = try await failOpenSSL(to: server, identity: "nobody", [version])
      #expect(try await server.outcomes() == [.unknownPSKIdentity])
      #expect(server.alertsSent == [115])
    }
  }

  @Test(arguments: [("-tls1_2", UInt8(20)), ("-tls1_3", 47)])
  func `a rejected identity looks like an unknown one`(version: String, alert: UInt8) async throws {
    let settings = TLSConfiguration { _ in .reject(reason: "disabled") }
    try await withEchoServer(configuration(settings)) { server in
      _ = try await failOpenSSL(to: server, [version])
      #expect(try await server.outcomes() == [.rejectedPSKIdentity("disabled")])
      #expect(server.alertsSent == [alert])
    }
  }

  /// Identities, ages and binders, and whether the answer is a binder's (47) or that there is no key (40).
  @Test(arguments: [UInt32(0), 12_345], [32, 48])
  func `neither age nor hash tells a known identity from an unknown one`(age: UInt32, binder: Int) async throws {
    try await withEchoServer { server in
      var alerts: [UInt8?] = []
      for identity in ["demo", "nobody"] {
        let hello = ClientHelloBytes(
          suites: [0x1301, 0x1302], identities: [(Array(identity.utf8), age, binder)])
        let client = try await RawClient.connect(to: server)
        try await client.send(hello.record)
        try await eventually("an alert") { client.isClosed }
        alerts.append(client.alert)
      }
      #expect(alerts == [47, 47])
    }
  }

  @Test func `more identities than anybody has are refused without a look at them`() async throws {
    try await withEchoServer { server in
      let client = try await RawClient.connect(to: server)
      let many = (0..<17).map { _ in (identity: Array("demo".utf8), age: UInt32(0), binder: 32) }
      try await client.send(ClientHelloBytes(identities: many).record)
      try await eventually("an alert") { client.isClosed }
      #expect(client.alert == 47)
      #expect(server.reasons.map(\.name) == ["protocolError"])
    }
  }

  @Test func `an unknown ticket is never reported as an identity`() async throws {
    try await withEchoServer { server in
      let client = try await RawClient.connect(to: server)
      try await client.send(ClientHelloBytes(identities: [([1, 2, 3], 77, 32)]).record)
      #expect(try await server.outcomes() == [.noPreSharedKeyOffered])
      #expect(server.failures.first?.offeredIdentity == nil)
    }
  }
}
