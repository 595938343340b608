import Foundation
import SecureServer
import TestSupport
import Testing

/// Unix domain sockets, and what may be at their path already.
@Suite struct UnixSocketTests {
  @Test func `a Unix domain socket serves as well, and goes with the server`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/socket"
      try await withEchoServer(settings(path)) { _ in try await expectEcho(at: path) }
      #expect(!exists(path))
    }
  }

  @Test func `what a dead server left is removed`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/socket"
      _ = try Sockets.unix(path, isAlive: false)
      #expect(exists(path))
      try await withEchoServer(settings(path)) { _ in try await expectEcho(at: path) }
    }
  }

  @Test func `a socket where a server listens is an error and goes on serving`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/socket"
      try await withEchoServer(settings(path)) { _ in
        try await expectRefusal(at: path, "a server listens there already")
        try await expectEcho(at: path)
      }
    }
  }

  @Test func `a file, a link or a datagram socket is an error and stays`() async throws {
    try await withTemporaryDirectory { directory in
      let (file, link, datagram) = (directory + "/file", directory + "/link", directory + "/datagram")
      try write("precious", to: file)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory + "/nowhere")
      let descriptor = try Sockets.unix(datagram, SOCK_DGRAM, isAlive: true)
      try await expectRefusal(at: file, "a file that is no socket is there")
      try await expectRefusal(at: link, "a file that is no socket is there")
      try await expectRefusal(at: datagram, "a socket of another type is there")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
      #expect(exists(datagram))
      Sockets.close(descriptor)
    }
  }

  private func settings(_ path: String) -> SecureServerConfiguration {
    SecureServerConfiguration(addresses: [.unixDomainSocket(path: path)], tls: tls())
  }

  private func expectRefusal(at path: String, _ reason: String) async throws {
    let server = try SecureServer(configuration: settings(path))
    let expected = SecureServerError.cannotListen(.unixDomainSocket(path: path), reason: reason)
    await #expect(throws: expected) { try await server.listen() }
  }
}

func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// An OpenSSL client is served at a Unix domain socket.
func expectEcho(at path: String) async throws {
  let arguments = ["s_client", "-unix", path, "-psk_identity", "demo", "-psk", hex(demoKey), "-quiet"]
  try await withProcess("openssl", arguments) { client in
    try client.write("hello\n")
    try await client.waitForOutput("hello\n")
  }
}
