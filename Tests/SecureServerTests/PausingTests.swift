import NIOCore
import SecureServer
import TestSupport
import Testing

/// Scenario C4, and the pauses of C5: what the user pauses, nobody but the user resumes.
@Suite struct PausingTests {
  @Test func `C4: paused, five connections wait; resumed, all are served; a timeout doesn't resume`() async throws {
    var settings = configuration()
    // The silent client alone reaches the limit, so that its end would resume accepting.
    settings.limits.accepted = 1
    settings.handshakeTimeout = .seconds(5)
    try await withEchoServer(settings) { server in
      let silent = try await RawClient.connect(to: server)
      try await eventually("the silent one") { server.peerAddresses.count == 1 }
      server.server.pauseAccepting()
      server.server.pauseAccepting()
      let connected = Recorded<Int>()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...5 {
          group.addTask { try await expectEcho(from: server) { connected.add(number) } }
        }
        try await eventually("all have connected") { connected.all.count == 5 }
        try await eventually("the timeout") { silent.isClosed && server.server.connectionCount == 0 }
        #expect(server.reasons == [.timedOut])
        #expect(server.peerAddresses.count == 1)
        server.server.resumeAccepting()
        server.server.resumeAccepting()
        try await group.waitForAll()
      }
      #expect(server.established.count == 5)
    }
  }

  @Test func `C5: a pause before listening holds`() async throws {
    let recorder = Server.Recorder()
    let secure = try SecureServer(configuration: configuration(), observer: recorder.add) { channel, _ in
      try channel.pipeline.syncOperations.addHandler(EchoHandler())
    }
    secure.pauseAccepting()
    let server = Server(port: try await secure.listen().first?.port ?? 0, server: secure, recorded: recorder)
    try await withOpenSSL(to: server, ["-quiet", "-state"]) { client in
      try await client.waitForOutput("write client hello")
      #expect(server.events.isEmpty)
      secure.resumeAccepting()
      try client.write("echo me\n")
      try await client.waitForOutput("echo me\n")
    }
    await secure.close()
  }

  @Test func `resuming what was never paused, or is closed, does nothing`() async throws {
    let server = try SecureServer(configuration: configuration())
    server.resumeAccepting()
    try await server.listen()
    server.resumeAccepting()
    await server.close()
    server.pauseAccepting()
    server.resumeAccepting()
    #expect(server.boundAddresses.isEmpty)
  }

  private func expectEcho(from server: Server, _ hasConnected: () -> Void) async throws {
    try await withOpenSSL(to: server, ["-quiet", "-state"]) { client in
      try await client.waitForOutput("write client hello")
      hasConnected()
      try client.write("echo me\n")
      try await client.waitForOutput("echo me\n")
    }
  }
}
