import SecureServer
import TestSupport
import Testing

/// A server with pre-shared keys and a certificate.
@Suite struct CertificateOrKeyTests {
  private static let versions = ["-tls1_2", "-tls1_3"]

  @Test func `B3: an unknown identity falls back to the certificate where the configuration says so`() async throws {
    try await withEchoServer(configuration(both(orCertificate: true))) { server in
      try await withOpenSSL(to: server, identity: "nobody", ["-tls1_3", "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.pskIdentity) == [nil])
    }
  }

  @Test func `B3: an unknown identity is masked where the certificate is not for it`() async throws {
    try await withEchoServer(configuration(both(orCertificate: false))) { server in
      _ = try await failOpenSSL(to: server, identity: "nobody", ["-tls1_3"])
      #expect(try await server.outcomes() == [.unknownPSKIdentity])
      #expect(server.alertsSent == [47])
    }
  }

  @Test(arguments: versions) func `a client without a key is served with the certificate, or not at all`(
    version: String
  ) async throws {
    try await withEchoServer(configuration(both(orCertificate: true))) { server in
      try await expectEcho(server, [version])
      #expect(server.established.map(\.pskIdentity) == [nil])
    }
    try await withEchoServer(configuration(both(orCertificate: false))) { server in
      _ = try await failClient(server, [version])
      #expect(
        try await server.outcomes() == [version == "-tls1_3" ? .noPreSharedKeyOffered : .noSharedCipher])
      #expect(server.alertsSent == [40])
    }
  }

  @Test(arguments: versions, [true, false]) func `a client with a key is known by it`(
    version: String, orCertificate: Bool
  ) async throws {
    try await withEchoServer(configuration(both(orCertificate: orCertificate))) { server in
      try await withOpenSSL(to: server, [version, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.pskIdentity) == [Array("demo".utf8)])
    }
  }

  /// Rule 5: a pre-shared key counts as authentication.
  @Test(arguments: versions) func `a client with a key needs no certificate`(version: String) async throws {
    var settings = try await both(orCertificate: true)
    settings.clientCertificates = .require
    settings.trustRoots = try await Certificates.made().chain("authority")
    try await withEchoServer(configuration(settings)) { server in
      try await withOpenSSL(to: server, [version, "-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      _ = try await failClient(server, [version])
      #expect(try await server.outcomes(2) == [nil, .noCertificate])
    }
  }

  @Test(arguments: [true, false])
  func `a key of another hash than the suite's proves nothing`(orCertificate: Bool) async throws {
    try await withEchoServer(configuration(both(orCertificate: orCertificate))) { server in
      let options = ["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"]
      guard orCertificate else {
        _ = try await failOpenSSL(to: server, key: [UInt8](repeating: 1, count: 16), options)
        return #expect(try await server.outcomes() != [nil])
      }
      try await withOpenSSL(to: server, key: [UInt8](repeating: 1, count: 16), options + ["-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.established.map(\.pskIdentity) == [nil])
    }
  }

  @Test func `a wrong key does not fall back`() async throws {
    try await withEchoServer(configuration(both(orCertificate: true))) { server in
      _ = try await failOpenSSL(to: server, key: [UInt8](repeating: 1, count: 16), ["-tls1_3"])
      #expect(try await server.outcomes() == [.wrongPreSharedKey])
    }
  }

  private func both(orCertificate: Bool) async throws -> TLSConfiguration {
    var settings = tls()
    settings.certificateChain = try await Certificates.made().chain("server")
    settings.privateKey = try await Certificates.made().key("server")
    settings.allowsCertificateInsteadOfPSK = orCertificate
    return settings
  }
}
