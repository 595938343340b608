import Glibc
import NIOCore
import SecureServer
import TestSupport
import Testing

/// Scenario C2: what cannot be listened on is a typed error that names it.
@Suite struct AddressErrorTests {
  @Test func `C2: a port in use is an error that names the address, and nothing else stays open`() async throws {
    try await withEchoServer { server in
      let taken = ListenAddress.host("127.0.0.1", port: server.port)
      let other = try SecureServer(
        configuration: SecureServerConfiguration(addresses: [.host("127.0.0.1", port: 0), taken], tls: tls()))
      await #expect(throws: SecureServerError.cannotListen(taken, reason: "Address already in use")) {
        try await other.listen()
      }
      #expect(other.boundAddresses.isEmpty)
    }
  }

  @Test func `what failed may be tried again`() async throws {
    let (descriptor, port) = try Sockets.listening()
    let server = try SecureServer(
      configuration: SecureServerConfiguration(addresses: [.host("127.0.0.1", port: port)], tls: tls()))
    await #expect(throws: SecureServerError.self) { try await server.listen() }
    Sockets.close(descriptor)
    // A process that another test starts just now holds it until it has become its program.
    try await eventually("the port is free") {
      do { return try await server.listen().count == 1 } catch { return false }
    }
    #expect(server.boundAddresses.first?.port == port)
    await server.close()
  }

  @Test(arguments: [
    (ListenAddress.host("192.0.2.1", port: 0), "Cannot assign requested address"),
    (.host("no-such-host.invalid", port: 0), "there is no such host"),
    (.host("127.0.0.1", port: 0, ipv6Only: true), "it is no IPv6 address"),
    (.unixDomainSocket(path: "/nonexistent/socket"), "No such file or directory"),
    (.inherited(descriptor: 1_000_000), "Bad file descriptor"),
  ])
  func `C2: an address that cannot be opened is named, with the reason`(
    _ address: ListenAddress, _ reason: String
  ) async throws {
    let server = try SecureServer(configuration: SecureServerConfiguration(addresses: [address], tls: tls()))
    await #expect(throws: SecureServerError.cannotListen(address, reason: reason)) { try await server.listen() }
  }

  @Test func `C2: listening twice is an error`() async throws {
    try await withEchoServer { server in
      _ = await #expect(throws: SecureServerError.alreadyStarted) { try await server.server.listen() }
    }
  }

  @Test func `C2: an inherited descriptor that is no listening socket is an error, and stays open`() async throws {
    let bound = try Sockets.bound().descriptor
    let datagram = try Sockets.bound(SOCK_DGRAM).descriptor
    let file = unsafe open("/dev/null", O_RDONLY)
    let wrong = [(bound, "it doesn't listen"), (datagram, "it is no stream socket"), (file, "it is no socket")]
    for (descriptor, reason) in wrong {
      let address = ListenAddress.inherited(descriptor: descriptor)
      let server = try SecureServer(configuration: SecureServerConfiguration(addresses: [address], tls: tls()))
      await #expect(throws: SecureServerError.cannotListen(address, reason: reason)) { try await server.listen() }
      #expect(fcntl(descriptor, F_GETFD) >= 0)
      Sockets.close(descriptor)
    }
  }
}
