import Foundation
import SecureServer
import TestSupport
import Testing

/// TLS 1.3 identities are bytes, and there may be several.
@Suite struct TLS13IdentityTests {
  @Test(
    arguments: [
      [0x61], [0x61, 0], [0x61, 0, 0x62], [0], [0xff, 0xfe], [UInt8](repeating: 0x69, count: 128),
      [UInt8](repeating: 0x69, count: 256),
    ] as [[UInt8]])
  func `B5: an identity of any bytes is served, and known as it is`(identity: [UInt8]) async throws {
    try await withEchoServer(configuration(tls([identity: demoKey]))) { server in
      #expect(await OpenSSLClient.echoes(from: server, identity: identity))
      #expect(server.established.map(\.pskIdentity) == [identity])
    }
  }

  @Test(arguments: [[0x61], [0x61, 0, 0], [0x61, 0, 0x61]] as [[UInt8]])
  func `B5: no other identity has its key`(identity: [UInt8]) async throws {
    try await withEchoServer(configuration(tls([[0x61, 0]: demoKey]))) { server in
      #expect(await !OpenSSLClient.echoes(from: server, identity: identity))
      let outcomes = try await server.outcomes()
      #expect(outcomes == [.unknownPSKIdentity])
      #expect(server.failures.map(\.offeredIdentity) == [identity])
    }
  }

  @Test func `B5b: an unknown identity does not stand in the way of a valid one`() async throws {
    try await withEchoServer { server in
      try await withSession(ticket: Array("nobody".utf8)) { session in
        try await withOpenSSL(to: server, ["-tls1_3", "-quiet", "-sess_in", session]) { client in
          try client.write("hello\n")
          try await client.waitForOutput("hello\n")
        }
      }
      #expect(server.established.map(\.pskIdentity) == [Array("demo".utf8)])
    }
  }

  /// Writes a session for s_client's `-sess_in`, whose ticket is `ticket` and just one moment old: it is offered first,
  /// with obfuscated_ticket_age 0, as an external identity is.
  private func withSession(ticket: [UInt8], _ body: (String) async throws -> Void) async throws {
    func element(_ tag: UInt8, _ bytes: [UInt8]) -> [UInt8] { [tag, UInt8(bytes.count)] + bytes }
    func integer(_ value: Int) -> [UInt8] {
      // As short as can be, without a sign (X.690 §8.3).
      var bytes = stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
      while bytes.count > 1, bytes[0] == 0, bytes[1] < 0x80 { bytes.removeFirst() }
      return element(2, bytes)
    }
    // SSL_SESSION_ASN1: version, TLS version, suite, id, key, time, timeout, verify result, ticket's lifetime, ticket.
    let fields =
      element(2, [1]) + element(2, [3, 4]) + element(4, [0x13, 1]) + element(4, []) + element(4, demoKey + demoKey)
      + element(0xa1, integer(Int(Date().timeIntervalSince1970))) + element(0xa2, integer(7200))
      + element(0xa5, element(2, [0])) + element(0xa9, integer(7200)) + element(0xaa, element(4, ticket))
    let pem = """
      -----BEGIN SSL SESSION PARAMETERS-----
      \(Data(element(0x30, fields)).base64EncodedString(options: .lineLength64Characters))
      -----END SSL SESSION PARAMETERS-----

      """
    try await withTemporaryDirectory { directory in
      try write(pem, to: directory + "/session.pem")
      try await body(directory + "/session.pem")
    }
  }
}
