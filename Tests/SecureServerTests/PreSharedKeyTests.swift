import SecureServer
import Testing
import TestSupport

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
  func `a wrong key is refused and named`(version: String) async throws {
    try await withEchoServer { server in
      _ = try await failOpenSSL(to: server, key: Array(repeating: 1, count: 16), [version])
      #expect(try await server.outcomes() == [.wrongPreSharedKey])
      #expect(server.failures.first?.offeredIdentity == Array("demo".utf8))
    }
  }
}
