import NIOConcurrencyHelpers
import NIOCore
import SecureServer
import TestSupport
import Testing

/// An identity with two keys, of which the client has one.
@Suite struct SeveralKeysTests {
  private static let other = [UInt8](repeating: 0x33, count: 32)

  /// Where the client's key stands, how it connects, and whether under SHA-384. X448 is none of the server's groups: a
  /// HelloRetryRequest comes first, after which Debian 12's s_client knows its SHA-384 session no more.
  private static let handshakes13: [(place: Int, groups: String, usesSHA384: Bool)] = [0, 1].flatMap { place in
    [(place, "X25519", false), (place, "X448:X25519", false), (place, "X25519", true)]
  }

  @Test(arguments: handshakes13)
  func `TLS 1.3 tells which key the client has`(place: Int, groups: String, usesSHA384: Bool) async throws {
    try await withKeys(place == 0 ? [demoKey, Self.other] : [Self.other, demoKey]) { server, contexts in
      try await withSHA384Session { session in
        let options = ["-tls1_3", "-groups", groups, "-quiet"] + (usesSHA384 ? ["-psk_session", session] : [])
        try await withOpenSSL(to: server, options) { client in
          try client.write("hello\n")
          try await client.waitForOutput("hello\n")
        }
      }
      #expect(contexts.withLockedValue { $0 } == [place])
      #expect(server.failures.isEmpty)
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `a client that has none of them is refused as with any wrong key`(version: String) async throws {
    try await withKeys([Self.other, Self.other.reversed() + [1]]) { server, _ in
      _ = try await failOpenSSL(to: server, [version])
      #expect(try await server.outcomes() == [.wrongPreSharedKey])
      #expect(server.failures.map(\.offeredIdentity) == [Array("demo".utf8)])
    }
  }

  @Test func `TLS 1.2 takes the first`() async throws {
    try await withKeys([demoKey, Self.other]) { server, contexts in
      try await withOpenSSL(to: server, ["-tls1_2", "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      _ = try await failOpenSSL(to: server, key: Self.other, ["-tls1_2"])
      #expect(try await server.outcomes(2) == [nil, .wrongPreSharedKey])
      #expect(contexts.withLockedValue { $0 } == [0])
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `no key at all is an unknown identity`(version: String) async throws {
    try await withKeys([]) { server, _ in
      _ = try await failOpenSSL(to: server, [version])
      #expect(try await server.outcomes() == [.unknownPSKIdentity])
    }
  }

  @Test func `keys that are too short do not count`() async throws {
    try await withKeys([[1, 2, 3], demoKey], minimum: 16) { server, contexts in
      try await withOpenSSL(to: server, ["-tls1_2", "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(contexts.withLockedValue { $0 } == [1])
    }
    try await withKeys([[1, 2, 3]], minimum: 16) { server, _ in
      _ = try await failOpenSSL(to: server, ["-tls1_3"])
      #expect(try await server.outcomes() == [.preSharedKeyTooShort])
    }
  }

  /// The second key proved it, whichever comes first when the ticket does.
  @Test(arguments: ["-tls1_2", "-tls1_3"]) func `a session resumes with the key that it began with`(
    version: String
  ) async throws {
    let isTurned = NIOLockedValueBox(false)
    var settings = TLSConfiguration { offer in
      let keys = isTurned.withLockedValue { $0 } ? [Self.other, demoKey] : [demoKey, Self.other]
      return .acceptOne(of: keys.compactMap { try? PreSharedKey($0) }.map { PreSharedKeyCandidate($0) })
    }
    settings.sessionTickets = try SessionTickets()
    try await withEchoServer(configuration(settings)) { server in
      try await withTemporaryDirectory { directory in
        let ticket = directory + "/ticket.pem"
        try await withOpenSSL(to: server, [version, "-sess_out", ticket]) { client in
          try client.write("hello\n")
          try await client.waitForOutput("hello\n")
          try client.write("Q\n")
          try await client.waitForExit()
        }
        isTurned.withLockedValue { $0 = true }
        try await withOpenSSL(to: server, [version, "-sess_in", ticket, "-quiet"]) { client in
          try client.write("hello\n")
          try await client.waitForOutput("hello\n")
        }
        #expect(server.established.map(\.resumed) == [false, true])
      }
    }
  }

  /// Runs an echo server that takes any of `keys`; what it is given besides is the places of those that clients had.
  private func withKeys(
    _ keys: [[UInt8]], minimum: Int = 1,
    _ body: @escaping @Sendable (Server, NIOLockedValueBox<[Int]>) async throws -> Void
  ) async throws {
    let contexts = NIOLockedValueBox<[Int]>([])
    var settings = TLSConfiguration { _ in
      .acceptOne(
        of: keys.enumerated().compactMap { place, bytes in
          (try? PreSharedKey(bytes)).map { PreSharedKeyCandidate($0, context: place) }
        })
    }
    settings.curves = ["X25519"]
    settings.minimumPreSharedKeyLength = minimum
    let recorder = Server.Recorder()
    let server = try SecureServer(configuration: configuration(settings), observer: recorder.add) { channel, info in
      if let place = info.context as? Int { contexts.withLockedValue { $0.append(place) } }
      try channel.pipeline.syncOperations.addHandler(EchoHandler())
    }
    try await run(server, recorder) { server in try await body(server, contexts) }
  }
}
