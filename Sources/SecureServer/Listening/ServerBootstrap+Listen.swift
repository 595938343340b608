import Glibc
import NIOCore
import NIOPosix

extension ServerBootstrap {
  /// Opens a listening socket.
  ///
  /// - Throws: ``SecureServerError/cannotListen(_:reason:)``.
  func listen(
    on address: ListenAddress, _ settings: SecureServerConfiguration
  ) async throws(SecureServerError) -> any Channel {
    do {
      switch address {
      case .host(let host, let port, let ipv6Only):
        return try await listen(on: try Self.resolve(host, port), ipv6Only, settings)
      case .unixDomainSocket(let path):
        try UnixSocketPath(path: path).makeRoom()
        return try await bind(unixDomainSocketPath: path).get()
      case .inherited(let descriptor):
        return try await listen(on: try InheritedSocket(descriptor), settings)
      }
    } catch let error as SecureServerError {
      throw error
    } catch {
      throw .cannotListen(address, reason: Self.reason(error))
    }
  }

  /// Opens another socket where `first` listens. That one was opened as if it were alone, so that a port that somebody
  /// else has is an error; it shares the port from now on, and with this process's user alone.
  ///
  /// - Throws: ``SecureServerError/cannotListen(_:reason:)``.
  func listen(
    on address: ListenAddress, beside first: any Channel, _ settings: SecureServerConfiguration
  ) async throws(SecureServerError) -> any Channel {
    guard case .host(_, _, let ipv6Only) = address, let bound = first.localAddress else {
      throw .cannotListen(address, reason: "one socket has no address")
    }
    var settings = settings
    settings.reusePort = true
    do {
      try await first.setOption(Self.reusePort, value: 1).get()
      return try await listen(on: bound, ipv6Only, settings)
    } catch {
      throw .cannotListen(address, reason: Self.reason(error))
    }
  }

  private static var reusePort: ChannelOptions.Types.SocketOption {
    .socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT))
  }

  private func listen(
    on address: SocketAddress, _ ipv6Only: Bool, _ settings: SecureServerConfiguration
  ) async throws -> any Channel {
    var bootstrap = settings.tcp.socketOptions.reduce(self) { $0.serverChannelOption($1.0, value: $1.1) }
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(Self.reusePort, value: settings.reusePort ? 1 : 0)
    if case .v6 = address {
      bootstrap = bootstrap.serverChannelOption(
        ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: ipv6Only ? 1 : 0)
    } else if ipv6Only {
      throw NoIPv6Address()
    }
    return try await bootstrap.bind(to: address).get()
  }

  private func listen(
    on socket: InheritedSocket, _ settings: SecureServerConfiguration
  ) async throws -> any Channel {
    let options = socket.isTCP ? settings.tcp.socketOptions : []
    let bootstrap = options.reduce(self) { $0.serverChannelOption($1.0, value: $1.1) }
    let channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
    do {
      try socket.setBacklog(settings.backlog)
      return channel
    } catch {
      try await channel.close()
      throw error
    }
  }

  private static func resolve(_ host: String, _ port: Int) throws -> SocketAddress {
    try SocketAddress.makeAddressResolvingHost(host, port: port)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: systemErrorText(error.errnoCode)
    case is SocketAddressError.UnknownHost: "there is no such host"
    case is NoIPv6Address: "it is no IPv6 address"
    default: "\(error)"
    }
  }

  /// An address of the wrong family for what was asked.
  private struct NoIPv6Address: Error {}
}
