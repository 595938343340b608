import Foundation
import NIOConcurrencyHelpers
import SecureServer
import TestSupport
import Testing

/// Session tickets, in TLS 1.2 and 1.3, with pre-shared keys and with certificates.
@Suite struct ResumptionTests {
  private static let versions = ["-tls1_2", "-tls1_3"]

  @Test(arguments: versions) func `B10: a session with a pre-shared key resumes`(version: String) async throws {
    try await withEchoServer(configuration(tickets())) { server in
      try await withTicket(from: server, psk + [version]) { ticket in
        try await expectEcho(server, psk + [version, "-sess_in", ticket])
        #expect(server.established.map(\.resumed) == [false, true])
        #expect(server.established.map(\.pskIdentity) == [Array("demo".utf8), Array("demo".utf8)])
      }
    }
  }

  @Test(arguments: versions) func `B10: a session with certificates resumes`(version: String) async throws {
    let certificates = try await Certificates.made()
    var settings = try certificates.tls()
    settings.clientCertificates = .require
    settings.trustRoots = try certificates.chain("authority")
    settings.sessionTickets = try SessionTickets()
    let final = settings
    try await certificates.withFiles { directory in
      try await withEchoServer(configuration(final)) { server in
        let options = [version] + Certificates.options("valid", in: directory)
        try await withTicket(from: server, options) { ticket in
          try await expectEcho(server, options + ["-sess_in", ticket])
          #expect(server.established.map(\.resumed) == [false, true])
          #expect(server.established.map(\.isPeerVerified) == [true, true])
          #expect(server.established.map { $0.peerCertificateChain.first?.subject } == ["CN=valid", "CN=valid"])
        }
      }
    }
  }

  @Test(arguments: versions) func `a ticket says how long it lives`(version: String) async throws {
    try await withEchoServer(configuration(tickets())) { server in
      try await withTicket(from: server, psk + [version]) { ticket in
        let shown = try await TestSupport.run("openssl", ["sess_id", "-in", ticket, "-noout", "-text"])
        #expect(shown.output.contains("TLS session ticket lifetime hint: 86400 (seconds)"), "\(shown)")
      }
    }
  }

  @Test(arguments: versions) func `without tickets nothing resumes`(version: String) async throws {
    try await withEchoServer { server in
      let tickets = try await withOpenSSL(to: server, [version]) { client in
        try await client.waitForOutput("Verify return code")
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
        return client.output.contains("TLS session ticket:")
      }
      #expect(!tickets)
    }
  }

  /// TLS 1.3 without the key itself: the ticket alone must not do for a device whose key is gone or changed.
  @Test(arguments: versions, [nil, [UInt8](repeating: 9, count: 16)])
  func `a revoked or changed key does not resume`(version: String, newKey: [UInt8]?) async throws {
    let keys = NIOLockedValueBox(demoKeys)
    var settings = TLSConfiguration { offer in
      guard let bytes = keys.withLockedValue({ $0[offer.identity] }), let key = try? PreSharedKey(bytes) else {
        return .unknownIdentity
      }
      return .accept(key)
    }
    settings.sessionTickets = try SessionTickets()
    try await withEchoServer(configuration(settings)) { server in
      try await withTicket(from: server, psk + [version]) { ticket in
        keys.withLockedValue { $0[Array("demo".utf8)] = newKey }
        _ = try await failClient(server, (version == "-tls1_2" ? psk : []) + [version, "-sess_in", ticket])
        let outcomes = try await server.outcomes(2)
        let expected: HandshakeFailure.Reason =
          newKey == nil ? .unknownPSKIdentity : version == "-tls1_2" ? .wrongPreSharedKey : .noPreSharedKeyOffered
        #expect(outcomes == [nil, expected])
      }
    }
  }

  @Test(arguments: versions) func `B5b: a stale ticket does not stand in the way of a valid key`(
    version: String
  ) async throws {
    let settings = try tickets()
    try await withEchoServer(configuration(settings)) { server in
      try await withTicket(from: server, psk + [version]) { ticket in
        var other = settings
        other.sessionTickets = try SessionTickets()
        try server.server.reload(tls: other)
        try await expectEcho(server, psk + [version, "-sess_in", ticket])
        #expect(server.established.map(\.resumed) == [false, false])
      }
    }
  }

  @Test func `a stale ticket alone is no failed identity`() async throws {
    let settings = try tickets()
    try await withEchoServer(configuration(settings)) { server in
      try await withTicket(from: server, psk + ["-tls1_3"]) { ticket in
        var other = settings
        other.sessionTickets = try SessionTickets()
        try server.server.reload(tls: other)
        _ = try await failClient(server, ["-tls1_3", "-sess_in", ticket])
        #expect(try await server.outcomes(2) == [nil, .noPreSharedKeyOffered])
        #expect(server.failures.map(\.offeredIdentity) == [nil])
      }
    }
  }

  @Test(arguments: versions) func `kept keys let sessions resume after a restart`(version: String) async throws {
    let first = try SessionTickets()
    var settings = tls()
    settings.sessionTickets = first
    let before = configuration(settings)
    settings.sessionTickets = try SessionTickets(restoring: first.exported())
    let after = configuration(settings)
    try await withTemporaryDirectory { directory in
      let ticket = directory + "/ticket.pem"
      try await withEchoServer(before) { server in try await takeTicket(from: server, psk + [version], to: ticket) }
      try await withEchoServer(after) { server in
        try await expectEcho(server, psk + [version, "-sess_in", ticket])
        #expect(server.established.map(\.resumed) == [true])
      }
    }
  }

  @Test(arguments: versions) func `a ticket under an older key still resumes`(version: String) async throws {
    let settings = try tickets()
    try await withEchoServer(configuration(settings)) { server in
      try await withTicket(from: server, psk + [version]) { ticket in
        settings.sessionTickets?.rotate()
        try await expectEcho(server, psk + [version, "-sess_in", ticket])
        #expect(server.established.map(\.resumed) == [false, true])
      }
    }
  }

  @Test(arguments: versions) func `a client certificate that verify rejects later does not resume`(
    version: String
  ) async throws {
    let certificates = try await Certificates.made()
    let isRevoked = NIOLockedValueBox(false)
    var settings = try certificates.tls()
    settings.clientCertificates = .require
    settings.trustRoots = try certificates.chain("authority")
    settings.sessionTickets = try SessionTickets()
    settings.verify = { _ in isRevoked.withLockedValue { $0 } ? .reject(.revoked) : .accept }
    let final = settings
    try await certificates.withFiles { directory in
      try await withEchoServer(configuration(final)) { server in
        let options = [version] + Certificates.options("valid", in: directory)
        try await withTicket(from: server, options) { ticket in
          isRevoked.withLockedValue { $0 = true }
          _ = try await failClient(server, options + ["-sess_in", ticket])
          let rejected = HandshakeFailure.Reason.certificateRejected(CertificateError(code: .revoked, depth: 0))
          #expect(try await server.outcomes(2) == [nil, rejected])
        }
      }
    }
  }

  @Test(arguments: versions) func `other rules make a client handshake anew`(version: String) async throws {
    let settings = try tickets()
    try await withEchoServer(configuration(settings)) { server in
      try await withTicket(from: server, psk + [version]) { ticket in
        var other = settings
        other.allowsPSKWithoutForwardSecrecy = true
        try server.server.reload(tls: other)
        try await expectEcho(server, psk + [version, "-sess_in", ticket])
        #expect(server.established.map(\.resumed) == [false, false])
      }
    }
  }

  @Test(arguments: [Duration.zero, .seconds(8 * 86_400)]) func `lifetimes are 1 second to 7 days`(wrong: Duration) {
    #expect(throws: SecureServerError.self) { try SessionTickets(lifetime: wrong) }
    #expect(throws: SecureServerError.self) { try SessionTickets(rotationInterval: wrong) }
    #expect(throws: SecureServerError.self) { try SessionTickets(restoring: [1, 2, 3]) }
  }
}

private let psk = ["-psk_identity", "demo", "-psk", hex(demoKey)]

private func tickets() throws -> TLSConfiguration {
  var settings = tls()
  settings.sessionTickets = try SessionTickets()
  return settings
}

/// Connects once and lends the path of the ticket that came.
private func withTicket(
  from server: Server, _ options: [String], _ body: (String) async throws -> Void
) async throws {
  try await withTemporaryDirectory { directory in
    try await takeTicket(from: server, options, to: directory + "/ticket.pem")
    try await body(directory + "/ticket.pem")
  }
}

private func takeTicket(from server: Server, _ options: [String], to path: String) async throws {
  let arguments = ["s_client", "-connect", server.address, "-sess_out", path] + options
  try await withProcess("openssl", arguments) { client in
    // In TLS 1.3 the ticket comes after the handshake, with the first bytes.
    try client.write("hello\n")
    try await client.waitForOutput("hello\n")
    try client.write("Q\n")
    try await client.waitForExit()
  }
  guard FileManager.default.fileExists(atPath: path) else { throw NeverHappened(description: "a ticket") }
}
