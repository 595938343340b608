import TestSupport
import Testing

/// A key that was given up is nowhere in the memory of the process.
///
/// The server is told the key with every bit turned, so what is found was left there by the library.
@Suite(.serialized) struct ForgottenKeyTests {
  /// Each way in which a key goes into a handshake.
  private static let exchanges = [
    ["-tls1_2", "-cipher", "PSK-AES128-GCM-SHA256"], ["-tls1_2", "-cipher", "DHE-PSK-AES256-GCM-SHA384"],
    ["-tls1_2", "-cipher", "ECDHE-PSK-CHACHA20-POLY1305"], ["-tls1_3"],
  ]

  @Test func `a key is in memory while it is used, and nowhere once it was given up`() async throws {
    let key = Self.makeKey()
    try await withServerProcess(key: key) { server in
      for exchange in Self.exchanges {
        try await server.serve(exchange, key: key)
        try await fail(at: server, ["-psk_identity", "demo", "-psk", hex(demoKey)] + exchange)
        try await fail(at: server, ["-psk_identity", "nobody", "-psk", hex(key)] + exchange)
      }
      #expect(try MemoryImage(reading: server.process.id).contains(key))
      #expect(try await MemoryImage(of: server.process.id).contains(key))
      try await server.forgetKey()
      // What the end of a connection leaves to the event loop's next turn is gone soon.
      try await eventually("memory without the key", within: .seconds(20)) {
        try !MemoryImage(reading: server.process.id).contains(key)
      }
      #expect(try await !MemoryImage(of: server.process.id).contains(key))
    }
  }

  @Test(arguments: [["-tls1_2"], ["-tls1_3"]])
  func `a live connection doesn't hold the key that it proved`(exchange: [String]) async throws {
    let key = Self.makeKey()
    try await withServerProcess(key: key) { server in
      let isFound = try await server.serve(exchange, key: key) {
        try await server.forgetKey()
        return try MemoryImage(reading: server.process.id).contains(key)
      }
      #expect(!isFound)
    }
  }

  private func fail(at server: ServerProcess, _ options: [String]) async throws {
    let outcome = try await TestSupport.run("openssl", ["s_client", "-connect", server.address] + options)
    #expect(outcome.status != 0)
  }

  private static func makeKey() -> [UInt8] { (0..<32).map { _ in UInt8.random(in: 0...255) } }
}
