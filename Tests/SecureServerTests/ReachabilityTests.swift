import NIOCore
import NIOPosix
import SecureServer
import TestSupport
import Testing

/// Scenario C6: a server is reachable exactly where it should be.
@Suite struct ReachabilityTests {
  static let hosts = ["127.0.0.1", "127.0.0.2", "::1"]

  @Test(arguments: [
    ("::", false, hosts),
    ("::", true, ["::1"]),
    ("0.0.0.0", false, ["127.0.0.1", "127.0.0.2"]),
    ("127.0.0.1", false, ["127.0.0.1"]),
    ("::1", true, ["::1"]),
  ])
  func `C6: a server is reachable exactly where it listens`(
    _ host: String, _ ipv6Only: Bool, _ reachable: [String]
  ) async throws {
    var settings = configuration()
    // A port of the system's choice may be another test's on another address.
    settings.addresses = [.host(host, port: try freePort(), ipv6Only: ipv6Only)]
    try await withEchoServer(settings) { server in
      for host in Self.hosts {
        guard reachable.contains(host) else {
          let error = await #expect(throws: NIOConnectionError.self) {
            try await RawClient.connect(host: host, port: server.port)
          }
          #expect((error?.connectionErrors.first?.error as? IOError)?.errnoCode == 111)
          continue
        }
        let arguments = [
          "s_client", "-connect", host.contains(":") ? "[\(host)]:\(server.port)" : "\(host):\(server.port)",
          "-psk_identity", "demo", "-psk", hex(demoKey), "-quiet",
        ]
        try await withProcess("openssl", arguments) { client in
          try client.write("hello\n")
          try await client.waitForOutput("hello\n")
        }
      }
      // IPv4 through a dual-stack socket is seen as the IPv4 that it is.
      #expect(Set(server.peerAddresses) == Set(reachable.map { $0 == "::1" ? "::1" : "127.0.0.1" }))
    }
  }

  @Test func `IPv4 and IPv6 on one port are two addresses`() async throws {
    let port = try freePort()
    var settings = configuration()
    settings.addresses = [.host("0.0.0.0", port: port), .host("::", port: port, ipv6Only: true)]
    try await withEchoServer(settings) { server in
      for host in ["127.0.0.1", "::1"] { try await RawClient.connect(host: host, port: port).close() }
      try await eventually("both") { Set(server.peerAddresses) == ["127.0.0.1", "::1"] }
      #expect(server.server.boundAddresses.map(\.port) == [port, port])
    }
  }
}
