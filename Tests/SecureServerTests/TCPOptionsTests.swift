import NIOCore
import SecureServer
import TestSupport
import Testing

/// What TCP is told, as an accepted connection has it.
@Suite struct TCPOptionsTests {
  private static let names: [CInt] = [1, 4, 5, 6, 18]

  @Test func `every connection has the defaults`() async throws {
    #expect(try await options(configuration()) == ["1", "300", "30", "4", "420000", "keep-alive 1"])
  }

  @Test func `every connection has what is set`() async throws {
    var settings = configuration()
    settings.tcp.noDelay = false
    settings.tcp.keepAlive?.idle = .seconds(60)
    settings.tcp.keepAlive?.interval = .seconds(7)
    settings.tcp.keepAlive?.count = 3
    settings.tcp.userTimeout = .milliseconds(1500)
    #expect(try await options(settings) == ["0", "60", "7", "3", "1500", "keep-alive 1"])
    settings.tcp.keepAlive = nil
    settings.tcp.userTimeout = nil
    #expect(try await options(settings).suffix(2) == ["0", "keep-alive 0"])
  }

  @Test func `an inherited socket's connections have it, too`() async throws {
    var settings = configuration()
    settings.addresses = [.inherited(descriptor: try Sockets.listening().descriptor)]
    #expect(try await options(settings) == ["1", "300", "30", "4", "420000", "keep-alive 1"])
  }

  /// TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT and SO_KEEPALIVE of a connection.
  private func options(_ settings: SecureServerConfiguration) async throws -> [String] {
    let seen = Recorded<String>()
    let server = try SecureServer(configuration: settings) { channel, _ in
      let options = try #require(channel.syncOptions)
      for name in Self.names {
        let value = try options.getOption(.tcpOption(NIOBSDSocket.Option(rawValue: name)))
        seen.add("\(value & 0xffff_ffff)")
      }
      seen.add("keep-alive \(try options.getOption(.socketOption(.so_keepalive)) & 0xffff_ffff)")
    }
    let port = try await server.listen().first?.port ?? 0
    let connected = Server(port: port, server: server, recorded: Server.Recorder())
    try await withOpenSSL(to: connected, ["-quiet"]) { _ in
      try await eventually("all options") { seen.all.count == 6 }
    }
    await server.close()
    return seen.all
  }
}
