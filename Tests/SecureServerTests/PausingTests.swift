import Foundation
import NIOCore
import SecureServer
import TestSupport
import Testing

/// Scenario C4, and the pauses of C5: what the user pauses, nobody but the user resumes.
@Suite struct PausingTests {
  @Test func `paused, five connections wait; resumed, all are served; a timeout doesn't resume`() async throws {
    var settings = configuration()
    // The silent client alone reaches the limit, so that its end would resume accepting.
    settings.limits.accepted = 1
    settings.handshakeTimeout = .seconds(2)
    try await withEchoServer(settings) { server in
      let silent = try await RawClient.connect(to: server)
      try await eventually("the silent one") { server.peerAddresses.count == 1 }
      server.server.pauseAccepting()
      server.server.pauseAccepting()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<5 { group.addTask { try await expectEcho(from: server) } }
        try await eventually("all have connected") { try connections(to: server.port) == 6 || silent.isClosed }
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

  @Test func `a pause before listening holds`() async throws {
    let recorder = Server.Recorder()
    let secure = try SecureServer(configuration: configuration(), observer: recorder.add) { channel, _ in
      try channel.pipeline.syncOperations.addHandler(EchoHandler())
    }
    secure.pauseAccepting()
    let server = Server(port: try await secure.listen().first?.port ?? 0, server: secure, recorded: recorder)
    try await withOpenSSL(to: server, ["-quiet"]) { client in
      try await eventually("it has connected") { try connections(to: server.port) == 1 }
      #expect(server.events.isEmpty)
      secure.resumeAccepting()
      try client.write("hello\n")
      try await client.waitForOutput("hello\n")
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

  private func expectEcho(from server: Server) async throws {
    try await withOpenSSL(to: server, ["-quiet"]) { client in
      try client.write("hello\n")
      try await client.waitForOutput("hello\n")
    }
  }

  /// How many connections the kernel has for a port of 127.0.0.1, accepted or not (/proc/net/tcp in proc(5)).
  private func connections(to port: Int) throws -> Int {
    let digits = String(port, radix: 16, uppercase: true)
    let local = "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
    return try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n").count { line in
      let fields = line.split(separator: " ")
      return fields.count > 3 && fields[1] == local && fields[3] == "01"
    }
  }
}
