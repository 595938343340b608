import SecureServer
import TestSupport
import Testing

/// Versions, suites and what else is agreed on.
@Suite struct NegotiationTests {
  @Test func `A5: a TLS 1.2 client sees the hint, and its short key is taken where that is allowed`() async throws {
    let key = Array("123456".utf8)
    var settings = tls([Array("Client X".utf8): key])
    settings.maximumTLSVersion = .tlsv12
    settings.cipherSuites.tlsv12 = ["PSK-AES256-CBC-SHA"]
    settings.pskHint = "Server Y"
    settings.minimumPreSharedKeyLength = 6
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, identity: "Client X", key: key) { client in
        try await client.waitForOutput("PSK identity hint: Server Y")
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.pskIdentity) == [Array("Client X".utf8)])
      #expect(server.established.map(\.cipherSuite) == ["PSK-AES256-CBC-SHA"])
      #expect(server.established.map(\.peerCertificateChain) == [[]])
      #expect(server.names.prefix(3) == ["accepted", "handshakeStarted", "established"])
    }
  }

  /// What a side speaks, and s_client's options for it.
  enum Range: String, CaseIterable, Sendable {
    case tls12, tls13, both

    var versions: ClosedRange<TLSVersion> {
      switch self {
      case .tls12: .tlsv12 ... .tlsv12
      case .tls13: .tlsv13 ... .tlsv13
      case .both: .tlsv12 ... .tlsv13
      }
    }

    var options: [String] {
      switch self {
      case .tls12: ["-tls1_2"]
      case .tls13: ["-tls1_3"]
      case .both: []
      }
    }
  }

  @Test(arguments: Range.allCases, Range.allCases)
  func `B7: versions work if they meet, and the failure says so`(ours: Range, theirs: Range) async throws {
    var settings = tls()
    settings.minimumTLSVersion = ours.versions.lowerBound
    settings.maximumTLSVersion = ours.versions.upperBound
    try await withEchoServer(configuration(settings)) { server in
      guard ours.versions.overlaps(theirs.versions) else {
        _ = try await failOpenSSL(to: server, theirs.options)
        #expect(try await server.outcomes() == [.unsupportedVersion])
        return #expect(server.alertsSent == [70])
      }
      try await withOpenSSL(to: server, theirs.options + ["-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      let best = min(ours.versions.upperBound, theirs.versions.upperBound)
      #expect(server.established.map(\.version) == [best])
    }
  }

  @Test func `B7: TLS 1.1 is never spoken`() async throws {
    try await withEchoServer { server in
      _ = try await failOpenSSL(to: server, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
      #expect(try await server.outcomes() == [.unsupportedVersion])
    }
  }

  @Test(arguments: [true, false]) func `B8: the server's order of suites decides, or the client's`(
    ours: Bool
  ) async throws {
    var settings = tls()
    settings.cipherSuites.tlsv12 = ["PSK-AES256-GCM-SHA384", "PSK-AES128-GCM-SHA256"]
    settings.cipherSuites.tlsv13 = ["TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"]
    settings.serverCipherPreference = ours
    let client12 = ["-tls1_2", "-cipher", "PSK-AES128-GCM-SHA256:PSK-AES256-GCM-SHA384", "-quiet"]
    let client13 = ["-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256", "-quiet"]
    try await withEchoServer(configuration(settings)) { server in
      for options in [client12, client13] {
        try await withOpenSSL(to: server, options) { client in
          try client.write("hello\n")
          try await client.waitForOutput("hello\n")
        }
      }
      #expect(
        server.established.map(\.cipherSuite)
          == (ours
            ? ["PSK-AES256-GCM-SHA384", "TLS_CHACHA20_POLY1305_SHA256"]
            : ["PSK-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256"]))
    }
  }

  @Test(arguments: [
    ["-tls1_2", "-cipher", "ECDHE-PSK-AES128-CBC-SHA256"], ["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"],
  ])
  func `suites that don't meet are named`(options: [String]) async throws {
    try await withEchoServer { server in
      _ = try await failOpenSSL(to: server, options)
      #expect(try await server.outcomes() == [.noSharedCipher])
      #expect(server.alertsSent == [40])
    }
  }
}
