import Glibc
import SecureServer
import TestSupport
import Testing

/// Sockets that somebody else opened.
@Suite struct InheritedSocketTests {
  @Test func `an inherited socket serves, with the backlog of the configuration`() async throws {
    let (descriptor, port) = try Sockets.listening()
    // Another one for the test: the server lets go of the one that it was given.
    let copy = dup(descriptor)
    defer { _ = Glibc.close(copy) }
    var settings = configuration()
    settings.addresses = [.inherited(descriptor: descriptor)]
    settings.backlog = 77
    try await withEchoServer(settings) { server in
      #expect(server.port == port)
      #expect(Sockets.backlog(of: copy) == 77)
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
      }
      #expect(server.peerAddresses == ["127.0.0.1"])
    }
  }

  @Test func `an inherited Unix domain socket serves, and its file stays`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/socket"
      let descriptor = try Sockets.unix(path, isAlive: true)
      var settings = configuration()
      settings.addresses = [.inherited(descriptor: descriptor)]
      try await withEchoServer(settings) { _ in try await expectEcho(at: path) }
      #expect(exists(path))
    }
  }
}
