import Glibc
import NIOCore
import SecureServer
import TestSupport
import Testing

/// Accepted, handshaking, established: limits, deadlines, outcomes.
@Suite struct StageTests {
  @Test func `A6: plain text after a silence is answered by closing at once, with the peer's address`() async throws {
    try await withEchoServer { server in
      let client = try await RawClient.connect(to: server, from: "127.3.2.1")
      let start = ContinuousClock.now
      try await eventually("a silence") {
        ContinuousClock.now - start > .milliseconds(100) && server.names == ["accepted"]
      }
      try await client.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
      try await eventually("the end") { client.isClosed }
      #expect(try await server.outcomes() == [.notTLS])
      guard case .handshakeFailed(let peer, _) = server.events.last else {
        Issue.record("\(server.events)")
        return
      }
      #expect(peer.address?.ipAddress == "127.3.2.1")
    }
  }

  @Test func `A7: a silent client is closed at the timeout, with its address`() async throws {
    var settings = configuration()
    settings.handshakeTimeout = .milliseconds(200)
    try await withEchoServer(settings) { server in
      let client = try await RawClient.connect(to: server, from: "127.3.2.1")
      try await eventually("the end") { client.isClosed }
      #expect(try await server.outcomes() == [.timedOut])
      guard case .handshakeFailed(let peer, _) = server.events.last else { return #expect(Bool(false)) }
      #expect(peer.address?.ipAddress == "127.3.2.1")
    }
  }

  @Test func `dripping bytes doesn't extend the time for a ClientHello`() async throws {
    var settings = configuration()
    settings.handshakeTimeout = .milliseconds(300)
    try await withEchoServer(settings) { server in
      let client = try await RawClient.connect(to: server)
      for byte in ClientHelloBytes().record where !client.isClosed {
        // Sending to a server that has just closed fails, as it should.
        do { try await client.send([byte]) } catch { break }
        try await eventually("a moment") { !server.events.isEmpty }
        if server.failures.isEmpty { try await pause() }
      }
      #expect(try await server.outcomes() == [.timedOut])
    }
  }

  @Test func `a client that goes away in the handshake is one outcome`() async throws {
    try await withEchoServer { server in
      let client = try await RawClient.connect(to: server)
      try await client.send(Array(ClientHelloBytes().record.prefix(20)))
      try await client.close()
      #expect(try await server.outcomes() == [.peerClosed])
      try await eventually("no connection left") { server.server.connectionCount == 0 }
    }
  }

  @Test func `a ClientHello that is too long is refused`() async throws {
    var settings = configuration()
    settings.limits.clientHelloBytes = 512
    try await withEchoServer(settings) { server in
      let client = try await RawClient.connect(to: server)
      try await client.send(ClientHelloBytes(identities: [([UInt8](repeating: 65, count: 600), 0, 32)]).record)
      try await eventually("the end") { client.isClosed }
      #expect(server.reasons.map(\.name) == ["protocolError"])
    }
  }

  @Test func `garbage never uses up the handshakes`() async throws {
    var settings = configuration()
    settings.limits.handshaking = 2
    try await withEchoServer(settings) { server in
      var clients: [RawClient] = []
      for _ in 0..<10 {
        let client = try await RawClient.connect(to: server)
        try await client.send([22, 3, 1, 0, 5, 1, 0, 0, 1, 0])
        clients.append(client)
      }
      try await expectService(from: server)
      #expect(try await server.outcomes(11).count == 11)
    }
  }

  @Test func `clients that stall in the handshake are cut for others`() async throws {
    var settings = configuration()
    settings.limits.handshaking = 2
    settings.handshakeTimeout = .seconds(60)
    try await withEchoServer(settings) { server in
      var stalled: [RawClient] = []
      for _ in 0..<2 {
        let client = try await RawClient.connect(to: server)
        try await client.send(ClientHelloBytes(versions: [], suites: [0x00a8]).record)
        stalled.append(client)
      }
      try await eventually("both in the handshake") {
        server.events.filter { if case .handshakeStarted = $0 { true } else { false } }.count == 2
      }
      try await expectService(from: server)
      #expect(server.reasons.contains(.serverBusy))
    }
  }

  @Test func `clients that stall are cut for others where connections are waited for, too`() async throws {
    var settings = configuration()
    settings.limits.pendingConnections = 3
    try await withServer(settings) { server in
      var stalled: [RawClient] = []
      for _ in 0..<3 {
        let client = try await RawClient.connect(to: server)
        try await client.send(ClientHelloBytes(versions: [], suites: [0x00a8]).record)
        stalled.append(client)
      }
      try await eventually("all in the handshake") { server.names.filter { $0 == "handshakeStarted" }.count == 3 }
      try await withOpenSSL(to: server, ["-quiet"]) { _ in
        try await eventually("a good one") { server.established.count == 1 }
      }
      #expect(server.reasons.contains(.serverBusy))
      #expect(stalled.count == 3)
    }
  }

  @Test func `a peer that resets with its last flight has one outcome`() async throws {
    let identity = Array("demo".utf8)
    let settings = TLSConfiguration { offer in
      // The reset arrives meanwhile.
      usleep(200_000)
      guard let key = try? PreSharedKey(demoKey) else { return .unknownIdentity }
      return .accept(key)
    }
    try await withEchoServer(configuration(settings)) { server in
      for _ in 0..<3 {
        let client = try await RawClient.connect(to: server)
        try await client.send(ClientHelloBytes(versions: [], suites: [0x00a8], modes: []).record)
        try await eventually("ServerHelloDone") { client.bytes.suffix(4) == [14, 0, 0, 0] }
        try await client.send(ClientHelloBytes.keyExchange(identity))
        try await client.reset()
      }
      try await eventually("nobody left") { server.server.connectionCount == 0 }
      #expect(try await server.outcomes(3) == [.wrongPreSharedKey, .wrongPreSharedKey, .wrongPreSharedKey])
    }
  }

  @Test func `a handshake that times out makes room for the next`() async throws {
    var settings = configuration()
    settings.limits.handshaking = 1
    settings.limits.handshakePatience = .seconds(60)
    settings.handshakeTimeout = .seconds(3)
    try await withEchoServer(settings) { server in
      var stalled: [RawClient] = []
      for _ in 0..<4 {
        let client = try await RawClient.connect(to: server)
        stalled.append(client)
        // On a busy machine the server may have closed it already.
        do { try await client.send(ClientHelloBytes(versions: [], suites: [0x00a8]).record) } catch {}
      }
      #expect(try await server.outcomes(4) == [.timedOut, .timedOut, .timedOut, .timedOut])
      try await expectService(from: server)
    }
  }

  @Test func `many who fail at once in the queue fail one after the other`() async throws {
    var settings = configuration()
    settings.limits.handshaking = 1
    try await withEchoServer(settings) { server in
      let hello = ClientHelloBytes(identities: [(Array("nobody".utf8), 0, 32)]).record
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<500 {
          group.addTask {
            // The server may have closed it before all of it was sent.
            do { try await RawClient.connect(to: server).send(hello) } catch {}
          }
        }
        try await group.waitForAll()
      }
      try await eventually("500 outcomes") { server.reasons.filter { $0 == .unknownPSKIdentity }.count == 500 }
      try await expectService(from: server)
    }
  }

  @Test func `a connection too many is closed, from one address and in all`() async throws {
    var settings = configuration()
    settings.limits.connections = 3
    settings.limits.connectionsPerAddress = 2
    try await withEchoServer(settings) { server in
      var clients: [RawClient] = []
      for (source, count) in [("127.0.0.2", 1), ("127.0.0.2", 2), ("127.0.0.3", 3)] {
        clients.append(try await RawClient.connect(to: server, from: source))
        try await eventually("\(count) connections") { server.server.connectionCount == count }
      }
      clients.append(try await RawClient.connect(to: server, from: "127.0.0.4"))
      #expect(try await server.outcomes() == [.tooManyConnections])
      try await clients[2].close()
      try await eventually("room again") { server.server.connectionCount == 2 }
      clients.append(try await RawClient.connect(to: server, from: "127.0.0.2"))
      #expect(try await server.outcomes(3).last == .tooManyConnectionsFromAddress)
    }
  }

  @Test func `the limit of accepted connections pauses accepting until there is room`() async throws {
    var settings = configuration()
    settings.limits.accepted = 2
    settings.handshakeTimeout = .seconds(4)
    try await withEchoServer(settings) { server in
      let silent = [try await RawClient.connect(to: server), try await RawClient.connect(to: server)]
      try await expectService(from: server)
      #expect(silent.count == 2)
    }
  }

  @Test func `a vanished peer is told apart from one that says goodbye`() async throws {
    try await withEchoServer { server in
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
        client.signal(9)
        try await eventually("closed") { server.closeReasons.count == 1 }
      }
      try await withOpenSSL(to: server, []) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
        try client.write("Q\n")
        try await eventually("closed") { server.closeReasons.count == 2 }
      }
      #expect(server.closeReasons == [.truncated, .closedByPeer])
    }
  }

  @Test func `versions that don't meet are named`() async throws {
    var settings = tls()
    settings.minimumTLSVersion = .tlsv13
    try await withEchoServer(configuration(settings)) { server in
      _ = try await failOpenSSL(to: server, ["-tls1_2"])
      #expect(try await server.outcomes() == [.unsupportedVersion])
    }
  }

  @Test func `B9: ALPN chooses ours, or refuses`() async throws {
    var settings = tls()
    settings.applicationProtocols = ["mqtt"]
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, ["-alpn", "x,mqtt", "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      _ = try await failOpenSSL(to: server, ["-alpn", "x"])
      #expect(try await server.outcomes(2) == [nil, .noSharedApplicationProtocol])
      #expect(server.established.map(\.applicationProtocol) == ["mqtt"])
      #expect(server.alertsSent == [120])
    }
  }

  @Test func `a graceful stop ends every connection with an outcome`() async throws {
    let events = try await withEchoServer { server in
      let silent = try await RawClient.connect(to: server)
      let client = try await RawClient.connect(to: server)
      try await client.send([22])
      try await eventually("both accepted") { server.server.connectionCount == 2 }
      #expect(!silent.isClosed)
      return server
    }
    #expect(events.reasons == [.serverClosing, .serverClosing])
  }
}

/// A good client is served.
private func expectService(from server: Server) async throws {
  try await withOpenSSL(to: server, ["-quiet"]) { client in
    try client.write("hello\n")
    try await client.waitForOutput("hello\n")
  }
}

/// Lets other tasks run for a while, between two bytes of a slow client.
func pause() async throws {
  let start = ContinuousClock.now
  try await eventually("a few milliseconds") { ContinuousClock.now - start > .milliseconds(10) }
}
