import NIOCore
import SecureServer
import TestSupport
import Testing

@Suite struct ListeningTests {
  @Test func `an undelivered connection makes the next one wait`() async throws {
    var settings = configuration()
    settings.limits.pendingConnections = 1
    try await withServer(settings) { server in
      var connections = server.server.connections.makeAsyncIterator()
      try await withOpenSSL(to: server, ["-quiet"]) { _ in
        try await eventually("the first") { server.established.count == 1 }
        try await withOpenSSL(to: server, ["-quiet"]) { second in
          try await eventually("the second is accepted") { server.server.connectionCount == 2 }
          #expect(server.established.count == 1)
          _ = await connections.next()
          try await eventually("the second") { server.established.count == 2 }
          let connection = await connections.next()
          try await connection?.executeThenClose { inbound, outbound in
            try second.write("hello\n")
            for try await bytes in inbound {
              try await outbound.write(bytes)
              break
            }
          }
          try await second.waitForOutput("hello\n")
        }
      }
    }
  }

  @Test func `other TLS settings serve later connections`() async throws {
    try await withEchoServer { server in
      _ = try await failOpenSSL(to: server, identity: "later", key: demoKey)
      try server.server.reload(tls: tls([Array("later".utf8): demoKey]))
      try await withOpenSSL(to: server, identity: "later", ["-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
    }
  }

  /// Each setting that cannot be used, and the name that the error gives.
  @Test func `settings are checked when they are set`() throws {
    var wrong: [(String, SecureServerConfiguration)] = []
    func add(_ name: String, _ change: (inout SecureServerConfiguration) -> Void) {
      var settings = configuration()
      change(&settings)
      wrong.append((name, settings))
    }
    add("addresses") { $0.addresses = [] }
    add("addresses") { $0.addresses = [.host("127.0.0.1", port: 70_000)] }
    add("addresses") { $0.addresses = [.unixDomainSocket(path: String(repeating: "x", count: 108))] }
    add("handshakeTimeout") { $0.handshakeTimeout = .zero }
    add("addresses") { $0.addresses = [.unixDomainSocket(path: "a\0b")] }
    add("addresses") { $0.addresses = [.host("", port: 0)] }
    add("addresses") { $0.addresses = [.inherited(descriptor: -1)] }
    add("addresses") { $0.addresses = [.inherited(descriptor: 3), .inherited(descriptor: 3)] }
    add("backlog") { $0.backlog = 0 }
    add("tcp.keepAlive.idle") { $0.tcp.keepAlive?.idle = .zero }
    add("tcp.keepAlive.idle") { $0.tcp.keepAlive?.idle = .seconds(32_768) }
    add("tcp.keepAlive.interval") { $0.tcp.keepAlive?.interval = .milliseconds(1500) }
    add("tcp.keepAlive.count") { $0.tcp.keepAlive?.count = 128 }
    add("tcp.userTimeout") { $0.tcp.userTimeout = .milliseconds(999) }
    add("proxyProtocol.trusted") {
      $0.proxyProtocol = ProxyProtocol(trusted: [])
      $0.proxyProtocol?.trustsUnixDomainSockets = false
    }
    add("proxyProtocol.maximumHeaderBytes") {
      $0.proxyProtocol = ProxyProtocol(trusted: [])
      $0.proxyProtocol?.maximumHeaderBytes = 231
    }
    add("limits.handshaking") { $0.limits.handshaking = 0 }
    add("minimumTLSVersion") {
      $0.tls.minimumTLSVersion = .tlsv13
      $0.tls.maximumTLSVersion = .tlsv12
    }
    add("cipherSuites.tlsv12") { $0.tls.cipherSuites.tlsv12 = ["PSK-ROT13"] }
    add("cipherSuites.tlsv13") { $0.tls.cipherSuites.tlsv13 = [] }
    add("curves") { $0.tls.curves = ["P-13"] }
    add("pskHint") { $0.tls.pskHint = "" }
    add("applicationProtocols") { $0.tls.applicationProtocols = [""] }
    add("minimumPreSharedKeyLength") { $0.tls.minimumPreSharedKeyLength = 0 }
    for (name, settings) in wrong {
      let error = #expect(throws: SecureServerError.self) { try SecureServer(configuration: settings) }
      guard case .invalidSetting(name, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }
}
