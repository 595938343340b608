import NIOCore
import SecureServer
import TestSupport
import Testing

/// Bad clients hold nothing that good ones need, however long they may take.
@Suite struct SlotTests {
  @Test func `A8: with one of five places taken and ten silent clients, a second good one is served at once`()
    async throws
  {
    var settings = Self.patient
    settings.limits.pendingConnections = 5
    try await withServer(settings) { server in
      try await withOpenSSL(to: server) { _ in
        #expect(try await server.outcomes() == [nil])
        var silent: [RawClient] = []
        for _ in 0..<10 { silent.append(try await RawClient.connect(to: server)) }
        try await eventually("all accepted") { server.server.connectionCount == 11 }
        let outcomes = try await withOpenSSL(to: server) { _ in try await server.outcomes(2) }
        #expect(outcomes == [nil, nil])
        #expect(!silent.contains { $0.isClosed })
      }
    }
  }

  /// What the two send: no TLS at all, a broken ClientHello, and one that goes nowhere.
  @Test(arguments: [Array("GET / HTTP/1.1\r\n\r\n".utf8), [22, 3, 1, 0, 5, 1, 0, 0, 1, 0], unknownIdentityHello])
  func `C8: after two garbage connections on a server with two handshakes, the third client is served at once`(
    garbage: [UInt8]
  ) async throws {
    var settings = Self.patient
    settings.limits.handshaking = 2
    try await withEchoServer(settings) { server in
      let bad = [try await RawClient.connect(to: server), try await RawClient.connect(to: server)]
      for client in bad { try await client.send(garbage) }
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(try await server.outcomes(3).filter { $0 == nil }.count == 1)
      try await eventually("the others' end") { bad.allSatisfy(\.isClosed) }
    }
  }

  /// No deadline helps: what is not free at once never is.
  private static var patient: SecureServerConfiguration {
    var settings = configuration()
    settings.handshakeTimeout = .seconds(3600)
    settings.limits.handshakePatience = .seconds(3600)
    settings.limits.slotWait = .seconds(3600)
    return settings
  }

  private static let unknownIdentityHello = ClientHelloBytes(identities: [(Array("nobody".utf8), 0, 32)]).record
}
