import NIOConcurrencyHelpers
import NIOCore
import SecureServer
import TestSupport
import Testing

/// The server's certificate, and the client's.
@Suite struct CertificateTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `A1: a client that accepts our certificate is served, and nothing else happens`(version: String) async throws {
    try await withEchoServer(configuration(Certificates.made().tls())) { server in
      try await expectEcho(server, [version])
      #expect(server.names.prefix(3) == ["accepted", "handshakeStarted", "established"])
      #expect(server.established.map(\.pskIdentity) == [nil])
    }
  }

  @Test func `an RSA certificate serves as well`() async throws {
    try await withEchoServer(configuration(Certificates.made().tls("rsa-server"))) { server in
      try await expectEcho(server, ["-tls1_2"])
      #expect(server.established.first?.cipherSuite.hasPrefix("ECDHE-RSA-") == true)
    }
  }

  @Test(arguments: CipherSuites.legacy.tlsv12.filter { !$0.contains("PSK") })
  func `every TLS 1.2 suite for certificates works`(suite: String) async throws {
    var settings = try await Certificates.made().tls(suite.contains("ECDSA") ? "server" : "rsa-server")
    settings.cipherSuites = .legacy
    try await withEchoServer(configuration(settings)) { server in
      try await expectEcho(server, ["-tls1_2", "-cipher", suite])
      #expect(server.established.map(\.cipherSuite) == [suite])
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `A2: a self-signed client gets unknown_ca and is never delivered`(version: String) async throws {
    let seen = NIOLockedValueBox<[CertificateVerification]>([])
    var settings = try await Certificates.made().tls()
    settings.clientCertificates = .require
    settings.verify = { verification in
      seen.withLockedValue { $0.append(verification) }
      return verification.errors.first.map { .reject($0.code) } ?? .accept
    }
    let final = settings
    try await Certificates.made().withFiles { directory in
      try await withServer(configuration(final)) { server in
        let options = [version] + Certificates.options("self-signed", in: directory)
        let output = try await failClient(server, options)
        #expect(output.contains("alert number 48") || output.contains("unknown ca"))
        #expect(try await server.outcomes() == [.certificateRejected(CertificateError(code: .selfSigned, depth: 0))])
        #expect(server.alertsSent == [48])
        #expect(server.failures.map(\.alertSent?.code) == [48])
      }
    }
    #expect(seen.withLockedValue { $0.map(\.errors) } == [[CertificateError(code: .selfSigned, depth: 0)]])
    #expect(seen.withLockedValue { $0.first?.chain.map(\.subject) } == ["CN=self-signed"])
    #expect(seen.withLockedValue { $0.first?.peerAddress?.ipAddress } == "127.0.0.1")
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `A3: a client that rejects our certificate is told of by its alert`(version: String) async throws {
    try await withEchoServer(configuration(Certificates.made().tls())) { server in
      _ = try await failClient(server, [version, "-verify_return_error", "-verify", "1"])
      let alert = TLSAlert(code: 48, isFatal: true)
      try await eventually("the end") { server.failures.count + server.closeReasons.count == 1 }
      #expect(server.alertsReceived == [48])
      let ends = server.reasons == [.alertReceived(alert)] || server.closeReasons == [.alertReceived(alert)]
      #expect(ends, "\(server.events)")
      if version == "-tls1_2" { #expect(server.established.isEmpty) }
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `A4: a self-signed client that verify accepts is established, with its chain`(version: String) async throws {
    var settings = try await Certificates.made().tls()
    settings.clientCertificates = .require
    settings.verify = { _ in .accept }
    let final = settings
    try await Certificates.made().withFiles { directory in
      try await withEchoServer(configuration(final)) { server in
        try await expectEcho(server, [version] + Certificates.options("self-signed", in: directory))
        #expect(server.established.map { $0.peerCertificateChain.map(\.subject) } == [["CN=self-signed"]])
        #expect(server.established.map(\.isPeerVerified) == [false])
      }
    }
  }

  @Test(
    arguments: [nil, "self-signed", "wrong-usage", "valid", "chained"],
    [ClientCertificates.none, .request, .require])
  func `B6: only require refuses, and only a client without a good certificate`(
    name: String?, mode: ClientCertificates
  ) async throws {
    let certificates = try await Certificates.made()
    var settings = try certificates.tls()
    settings.clientCertificates = mode
    settings.trustRoots = try certificates.chain("authority")
    let final = settings
    let isGood = name == "valid" || name == "chained"
    try await certificates.withFiles { directory in
      for version in ["-tls1_2", "-tls1_3"] {
        try await withEchoServer(configuration(final)) { server in
          let chain = name == "chained" ? "intermediate" : nil
          let options = [version] + Certificates.options(name, in: directory, chain: chain)
          guard isGood || mode != .require else {
            _ = try await failClient(server, options)
            let code = name == "self-signed" ? CertificateError.Code.selfSigned : .wrongUsage
            let rejected = HandshakeFailure.Reason.certificateRejected(CertificateError(code: code, depth: 0))
            return #expect(try await server.outcomes() == [name == nil ? .noCertificate : rejected])
          }
          try await expectEcho(server, options)
          #expect(server.established.map(\.isPeerVerified) == [isGood && mode != .none])
          let count = mode == .none || name == nil ? 0 : name == "chained" ? 2 : 1
          #expect(server.established.map(\.peerCertificateChain.count) == [count])
        }
      }
    }
  }

  @Test func `every error at every depth reaches verify`() async throws {
    let certificates = try await Certificates.made()
    let errors = NIOLockedValueBox<[CertificateError]>([])
    var settings = try certificates.tls()
    settings.clientCertificates = .require
    settings.verify = { verification in
      errors.withLockedValue { $0 = verification.errors }
      return .reject(.revoked)
    }
    let final = settings
    try await certificates.withFiles { directory in
      try await withEchoServer(configuration(final)) { server in
        _ = try await failClient(server, Certificates.options("wrong-usage", in: directory))
        #expect(try await server.outcomes() == [.certificateRejected(CertificateError(code: .revoked, depth: 0))])
        #expect(server.alertsSent == [44])
      }
    }
    let found = errors.withLockedValue { Set($0.map(\.code)) }
    #expect(found.isSuperset(of: [.unknownIssuer, .wrongUsage]), "\(found)")
  }

  @Test func `a chain that is too deep is refused`() async throws {
    let certificates = try await Certificates.made()
    var settings = try certificates.tls()
    settings.clientCertificates = .require
    settings.trustRoots = try certificates.chain("authority")
    settings.verificationDepth = 0
    let final = settings
    try await certificates.withFiles { directory in
      try await withEchoServer(configuration(final)) { server in
        _ = try await failClient(server, Certificates.options("chained", in: directory, chain: "intermediate"))
        guard case .certificateRejected = try await server.outcomes().first ?? nil else {
          Issue.record("\(server.events)")
          return
        }
        #expect(server.alertsSent == [48])
      }
    }
  }

  @Test(arguments: [true, false]) func `the names of the trust roots are sent if wanted`(sends: Bool) async throws {
    let certificates = try await Certificates.made()
    var settings = try certificates.tls()
    settings.clientCertificates = .request
    settings.trustRoots = try certificates.chain("authority")
    settings.sendCANameList = sends
    try await withEchoServer(configuration(settings)) { server in
      try await withProcess("openssl", ["s_client", "-connect", server.address]) { client in
        try await client.waitForOutput("Verify return code")
        #expect(client.output.contains("Acceptable client certificate CA names\nCN = authority") == sends)
      }
    }
  }

  /// What is no certificate, no key, or not the certificate's key.
  @Test func `bad certificates and keys are typed errors that say which`() async throws {
    let certificates = try await Certificates.made()
    #expect(throws: SecureServerError.self) { try TLSCertificate.chain(pem: "hello") }
    #expect(throws: SecureServerError.self) { try TLSCertificate(der: [1, 2, 3]) }
    #expect(throws: SecureServerError.self) { try TLSPrivateKey(pem: certificates.text("server.crt")) }
    let missing = #expect(throws: SecureServerError.self) { try TLSCertificate.chain(pemFile: "/nowhere.pem") }
    #expect(missing == .invalidCertificate("/nowhere.pem: No such file or directory"))
    var settings = try certificates.tls()
    settings.privateKey = try certificates.key("authority")
    let mismatch = #expect(throws: SecureServerError.self) { try configuration(settings).validated() }
    guard case .invalidSetting("privateKey", _) = mismatch else {
      Issue.record("\(String(describing: mismatch))")
      return
    }
  }

  @Test func `a certificate tells what it is`() async throws {
    let certificates = try await Certificates.made()
    let valid = try #require(try certificates.chain("valid").first)
    #expect(valid.subject == "CN=valid")
    #expect(valid.issuer == "CN=authority")
    #expect(valid.isWithinValidity)
    #expect(valid.fingerprint.count == 32)
    #expect(try TLSCertificate(der: valid.derBytes) == valid)
    #expect("\(try certificates.key("valid"))" == "<redacted>")
  }
}

/// Runs `s_client` without a pre-shared key, and has a line sent back.
func expectEcho(_ server: Server, _ options: [String] = []) async throws {
  try await withProcess("openssl", ["s_client", "-connect", server.address, "-quiet"] + options) { client in
    try client.write("hello\n")
    try await client.waitForOutput("hello\n")
  }
}

/// Runs `s_client` without a pre-shared key until it ends by itself; returns what it wrote.
func failClient(_ server: Server, _ options: [String] = []) async throws -> String {
  try await withProcess("openssl", ["s_client", "-connect", server.address] + options) { client in
    try await client.waitForExit()
    return client.output + client.errorOutput
  }
}
