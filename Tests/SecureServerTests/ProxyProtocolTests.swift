import NIOConcurrencyHelpers
import NIOCore
import SecureServer
import TestSupport
import Testing

/// Connections that come through a proxy, with the header in front of TLS.
@Suite struct ProxyProtocolTests {
  typealias Bytes = ProxyHeaderBytes

  /// The proxy is at 127.0.0.9; everybody else is a peer of his own.
  private func settings(_ tls: TLSConfiguration = tls()) throws -> SecureServerConfiguration {
    var settings = configuration(tls)
    settings.proxyProtocol = try ProxyProtocol(trusting: ["127.0.0.9"])
    return settings
  }

  @Test(arguments: [
    (Bytes.line("PROXY TCP4 192.0.2.7 198.51.100.1 56324 8883"), "192.0.2.7", 56_324),
    (Bytes.line("PROXY TCP6 2001:db8::7 2001:db8::1 56324 8883"), "2001:db8::7", 56_324),
    (Bytes.binary(0x21, 0x11, Bytes.ipv4 + Bytes.extensions), "192.0.2.7", 56_324),
    (Bytes.binary(0x21, 0x21, Bytes.ipv6), "2001:db8::7", 56_324),
    (Bytes.binary(0x21, 0x21, Bytes.mapped), "192.0.2.7", 56_324),
    (Bytes.binary(0x20, 0x00, []), "127.0.0.9", nil), (Bytes.line("PROXY UNKNOWN"), "127.0.0.9", nil),
  ])
  func `whom a trusted proxy names is whom all see`(_ header: [UInt8], _ address: String, _ port: Int?) async throws {
    let offered = Recorded<String>()
    let tls = TLSConfiguration { offer in
      offered.add(offer.peerAddress?.ipAddress ?? "none")
      guard let key = try? PreSharedKey(demoKey) else { return .unknownIdentity }
      return .accept(key)
    }
    try await withServer(try settings(tls)) { server in
      try await withProxy(toPort: server.port, from: "127.0.0.9", header: header) { proxy in
        let arguments = ["s_client", "-connect", proxy, "-psk_identity", "demo", "-psk", hex(demoKey), "-quiet"]
        try await withProcess("openssl", arguments) { _ in
          var connections = server.server.connections.makeAsyncIterator()
          let connection = try #require(await connections.next())
          #expect(connection.peerAddress?.ipAddress == address)
          #expect(connection.proxyAddress?.ipAddress == (port == nil ? nil : "127.0.0.9"))
        }
      }
      try await eventually("the end") { server.closeReasons.count == 1 }
      #expect(offered.all == [address])
      #expect(server.peers.allSatisfy { $0.address?.ipAddress == address })
      if let port { #expect(server.peers.allSatisfy { $0.address?.port == port && $0.proxyAddress != nil }) }
      guard case .accepted = server.events.first else { return #expect(Bool(false), "accepted comes first") }
    }
  }

  @Test func `the header may come in any pieces, with TLS right behind it`() async throws {
    let header = Bytes.binary(0x21, 0x11, Bytes.ipv4 + Bytes.extensions)
    let bytes = header + ClientHelloBytes(identities: [(Array("nobody".utf8), 0, 32)]).record
    try await withEchoServer(try settings()) { server in
      let cuts = [1, 12, 13, 16, header.count - 1, header.count, header.count + 1]
      for (number, cut) in cuts.enumerated() {
        let client = try await RawClient.connect(to: server, from: "127.0.0.9")
        try await client.send(Array(bytes.prefix(cut)))
        try await eventually("\(number + 1) connections") { server.server.connectionCount == 1 }
        try await client.send(Array(bytes.dropFirst(cut)))
        #expect(try await server.outcomes(number + 1).last == .unknownPSKIdentity)
        try await eventually("gone") { server.server.connectionCount == 0 }
      }
      #expect(server.peers.allSatisfy { $0.address?.ipAddress == "192.0.2.7" })
    }
  }

  @Test(arguments: [
    Bytes.line("PROXY TCP4 192.0.2.7 198.51.100.1 56324 8883"), Bytes.binary(0x21, 0x11, Bytes.ipv4),
  ])
  func `from anybody else a header is not TLS`(_ header: [UInt8]) async throws {
    try await withEchoServer(try settings()) { server in
      let client = try await RawClient.connect(to: server, from: "127.0.0.8")
      try await client.send(header + ClientHelloBytes().record)
      try await eventually("the end") { client.isClosed }
      #expect(try await server.outcomes() == [.notTLS])
      #expect(server.peers.allSatisfy { $0.address?.ipAddress == "127.0.0.8" })
      // Without one he is served.
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
    }
  }

  @Test(arguments: [
    ClientHelloBytes().record, Bytes.line("PROXY TCP4 nowhere 198.51.100.1 1 2"), Bytes.binary(0x21, 0x12, Bytes.ipv4),
  ])
  func `from a trusted proxy the header is required, and whole`(_ bytes: [UInt8]) async throws {
    try await withEchoServer(try settings()) { server in
      let client = try await RawClient.connect(to: server, from: "127.0.0.9")
      try await client.send(bytes)
      try await eventually("the end") { client.isClosed }
      _ = try await server.outcomes()
      #expect(server.reasons.map(\.name) == ["invalidProxyHeader"])
      #expect(server.peerAddresses == ["127.0.0.9"])
    }
  }

  @Test func `a header and a ClientHello share one deadline, however slowly they come`() async throws {
    var settings = try settings()
    settings.handshakeTimeout = .milliseconds(300)
    try await withEchoServer(settings) { server in
      let start = ContinuousClock.now
      let silent = try await RawClient.connect(to: server, from: "127.0.0.9")
      let dripping = try await RawClient.connect(to: server, from: "127.0.0.9")
      for byte in Bytes.line("PROXY UNKNOWN " + String(repeating: "f", count: 91)) where !dripping.isClosed {
        // Sending to a server that has just closed fails, as it should.
        do { try await dripping.send([byte]) } catch { break }
        try await pause()
      }
      try await eventually("both ends") { silent.isClosed && dripping.isClosed }
      #expect(try await server.outcomes(2) == [.timedOut, .timedOut])
      #expect(ContinuousClock.now - start > .milliseconds(200))
      #expect(server.peerAddresses == ["127.0.0.9", "127.0.0.9"])
      try await eventually("none left") { server.server.connectionCount == 0 }
    }
  }

  @Test func `each address behind a proxy has its own limit, and the proxy's own is not used up`() async throws {
    var settings = try settings()
    settings.limits.connectionsPerAddress = 2
    try await withEchoServer(settings) { server in
      var clients: [RawClient] = []
      func connect(_ header: String?) async throws {
        let client = try await RawClient.connect(to: server, from: "127.0.0.9")
        if let header { try await client.send(Bytes.line(header)) }
        clients.append(client)
      }
      for _ in 0..<5 { try await connect(nil) }
      for host in 1...5 { try await connect("PROXY TCP4 192.0.2.\(host) 198.51.100.1 1 2") }
      try await eventually("all are in") { server.server.connectionCount == 10 && server.peerAddresses.count == 5 }
      try await connect("PROXY TCP4 192.0.2.1 198.51.100.1 3 2")
      try await eventually("the second of one") { server.peerAddresses.count == 6 }
      #expect(server.reasons.isEmpty)
      try await connect("PROXY TCP4 192.0.2.1 198.51.100.1 4 2")
      #expect(try await server.outcomes() == [.tooManyConnectionsFromAddress])
      // Given back once: another one fits when one goes, and no more.
      try await clients[5].close()
      try await eventually("gone") { server.server.connectionCount == 10 }
      try await connect("PROXY TCP4 192.0.2.1 198.51.100.1 5 2")
      try await eventually("in again") { server.server.connectionCount == 11 }
      try await connect("PROXY TCP4 192.0.2.1 198.51.100.1 6 2")
      #expect(try await server.outcomes(3).last == .tooManyConnectionsFromAddress)
    }
  }

  @Test func `one who goes, or is sent away, before he is announced is one outcome`() async throws {
    var settings = try settings()
    settings.limits.connections = 2
    let events = try await withEchoServer(settings) { server in
      let gone = try await RawClient.connect(to: server, from: "127.0.0.9")
      try await gone.send(Array("PROXY TCP4".utf8))
      try await eventually("in") { server.server.connectionCount == 1 }
      try await gone.close()
      #expect(try await server.outcomes() == [.peerClosed])
      let staying = [
        try await RawClient.connect(to: server, from: "127.0.0.9"),
        try await RawClient.connect(to: server, from: "127.0.0.9"),
      ]
      try await eventually("two in") { server.server.connectionCount == 2 }
      _ = try await RawClient.connect(to: server, from: "127.0.0.9")
      #expect(try await server.outcomes(2).last == .tooManyConnections)
      #expect(staying.count == 2)
      return server
    }
    #expect(events.reasons == [.peerClosed, .tooManyConnections, .serverClosing, .serverClosing])
    #expect(events.peerAddresses.count == 4)
  }

  @Test(arguments: [true, false])
  func `whoever connects to a Unix domain socket is a proxy, unless told otherwise`(_ isTrusted: Bool) async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/socket"
      var settings = SecureServerConfiguration(addresses: [.unixDomainSocket(path: path)], tls: tls())
      settings.proxyProtocol = ProxyProtocol(trusted: [])
      settings.proxyProtocol?.trustsUnixDomainSockets = isTrusted
      if !isTrusted { settings.proxyProtocol?.trusted = [try IPNetwork("127.0.0.9")] }
      try await withEchoServer(settings) { server in
        let arguments = ["s_client", "-unix", path, "-psk_identity", "demo", "-psk", hex(demoKey), "-quiet"]
        try await withProcess("openssl", arguments) { client in
          try client.write("hello\n")
          if !isTrusted { return try await client.waitForOutput("hello\n") }
          _ = try await server.outcomes()
          #expect(server.reasons.map(\.name) == ["invalidProxyHeader"])
        }
      }
    }
  }
}

/// What a closure saw, from any thread.
final class Recorded<Element: Sendable>: Sendable {
  private let list = NIOLockedValueBox<[Element]>([])
  func add(_ element: Element) { list.withLockedValue { $0.append(element) } }
  var all: [Element] { list.withLockedValue { $0 } }
}
