import Glibc
import NIOCore
import NIOPosix

/// Opens the sockets of one address: for TCP one on each event loop (SO_REUSEPORT, socket(7)), so that a connection is
/// served by the loop that accepts it and never handed from thread to thread.
struct ListeningSockets {
  let core: ServerCore
  let group: any EventLoopGroup
  let loops: [ObjectIdentifier: LoopHandle]
  let accepts: Bool

  /// Opens `address`; throws what the system says, and then nothing is open.
  func open(_ address: ListenAddress) async throws -> [any Channel] {
    switch address {
    case .host(let host, let port): try await open(.makeAddressResolvingHost(host, port: port))
    case .unixDomainSocket(let path):
      [try await bootstrap(on: group).bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()]
    case .inherited(let descriptor): [try await bootstrap(on: group).withBoundSocket(descriptor).get()]
    }
  }

  private func open(_ address: SocketAddress) async throws -> [any Channel] {
    let loops = Array(group.makeIterator())
    // The first one finds out whether the port is free; it shares it only with those that follow here.
    let first = try await bootstrap(on: loops[0]).bind(to: address).get()
    var channels = [first]
    do {
      if loops.count > 1 { try await first.setOption(.reusePort, value: 1).get() }
      for loop in loops.dropFirst() {
        let bootstrap = bootstrap(on: loop).serverChannelOption(.reusePort, value: 1)
        channels.append(try await bootstrap.bind(to: first.localAddress ?? address).get())
      }
    } catch {
      for channel in channels { channel.close(promise: nil) }
      throw error
    }
    return channels
  }

  /// What accepted sockets inherit from a listening one (tcp(7)) is set there, once; setting it for each costs as much
  /// as a tenth of a handshake.
  private func bootstrap(on group: any EventLoopGroup) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Int32(core.configuration.backlog))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.reusePort, value: core.configuration.reusePort ? 1 : 0)
      .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .serverChannelOption(.socketOption(.so_keepalive), value: 1)
      .serverChannelOption(.autoRead, value: accepts)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptFailureHandler(core))
        }
      }
      .childChannelInitializer { [loops] channel in
        do {
          guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.operationUnsupported }
          try loop.addConnection(to: channel)
          return channel.eventLoop.makeSucceededVoidFuture()
        } catch {
          return channel.eventLoop.makeFailedFuture(error)
        }
      }
  }
}

extension ChannelOption where Self == ChannelOptions.Types.SocketOption {
  fileprivate static var reusePort: Self { .socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)) }
}

extension LoopHandle {
  /// Puts the one handler of ours into a new channel of this loop.
  fileprivate func addConnection(to channel: any Channel) throws {
    let loop = self.loop
    try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    try channel.syncOptions?.setOption(.recvAllocator, value: ReceiveAllocator(sharing: loop.received))
    let connection = ConnectionHandler(
      id: loop.core.nextConnection(), address: channel.remoteAddress?.withoutIPv6Clothes, loop: loop)
    try channel.pipeline.syncOperations.addHandler(connection)
  }
}

/// Reports what accept(2) could not do; NIO backs off and goes on by itself.
private final class AcceptFailureHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let core: ServerCore

  init(_ core: ServerCore) { self.core = core }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    core.emit(.acceptFailed("\(error)"))
  }
}
