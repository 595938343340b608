import SecureServer
import TestSupport
import Testing

/// TLS 1.2 identities are bytes: OpenSSL's own callback would cut them at NUL.
@Suite struct TLS12IdentityTests {
  @Test(
    arguments: [[0x61, 0], [0x61, 0, 0x62], [0xff, 0xfe], [0], [UInt8](repeating: 0x69, count: 256)] as [[UInt8]])
  func `B5: an identity is known by all of its bytes`(identity: [UInt8]) async throws {
    let keys: Keys = [identity: demoKey, [0x61]: demoKey]
    try await withEchoServer(configuration(tls(keys))) { server in
      let client = try await RawClient.connect(to: server)
      try await client.send(ClientHelloBytes(versions: [], suites: [0x00a8], modes: []).record)
      try await eventually("ServerHelloDone") { client.bytes.suffix(4) == [14, 0, 0, 0] }
      try await client.send(ClientHelloBytes.keyExchange(identity))
      // Known, for the key is what is wrong.
      let outcomes = try await server.outcomes()
      #expect(outcomes == [.wrongPreSharedKey])
      #expect(server.failures.map(\.offeredIdentity) == [identity])
    }
  }

  @Test(arguments: [[0x61, 0], [0x62], [0x61, 0x62]] as [[UInt8]])
  func `B5: no part of an identity is taken for the whole`(identity: [UInt8]) async throws {
    try await withEchoServer(configuration(tls([[0x61]: demoKey]))) { server in
      let client = try await RawClient.connect(to: server)
      try await client.send(ClientHelloBytes(versions: [], suites: [0x00a8], modes: []).record)
      try await eventually("ServerHelloDone") { client.bytes.suffix(4) == [14, 0, 0, 0] }
      try await client.send(ClientHelloBytes.keyExchange(identity))
      #expect(try await server.outcomes() == [.unknownPSKIdentity])
      #expect(server.alertsSent == [20])
    }
  }
}
