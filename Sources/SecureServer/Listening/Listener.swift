import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets of a server, and whether they accept.
final class Listener: Sendable {
  private struct State {
    var channels: [any Channel] = []
    var isPausedByUser = false
    var isPausedByLimit = false
    var accepts: Bool { !isPausedByUser && !isPausedByLimit }
  }

  private let state = Mutex(State())

  var addresses: [SocketAddress] { state.withLock { $0.channels.compactMap(\.localAddress) } }

  /// A pause by the user is undone by the user alone.
  func setPaused(byUser paused: Bool) { change { $0.isPausedByUser = paused } }

  /// A pause at the limit of accepted connections ends by itself.
  func setPaused(byLimit paused: () -> Bool) { change { $0.isPausedByLimit = paused() } }

  private func change(_ body: (inout State) -> Void) {
    let channels = state.withLock { state -> [any Channel] in
      let before = state.accepts
      body(&state)
      return state.accepts == before ? [] : state.channels
    }
    for channel in channels { channel.eventLoop.execute { self.apply(to: channel) } }
  }

  /// On the channel's loop, as the state is by then: two changes that come from two threads end as the later one says.
  private func apply(to channel: any Channel) {
    // A socket that is closed meanwhile accepts nothing anyway.
    channel.setOption(.autoRead, value: state.withLock { $0.accepts }).whenFailure { _ in }
  }

  /// Listens on every address of the configuration, or on none.
  func open(
    _ core: ServerCore, group: any EventLoopGroup, loops: [ObjectIdentifier: LoopHandle]
  ) async throws(SecureServerError) {
    for address in core.configuration.addresses {
      do {
        let channel = try await bootstrap(core, group, loops).listen(on: address)
        state.withLock { $0.channels.append(channel) }
      } catch {
        await close()
        throw .cannotListen(address, reason: Self.reason(error))
      }
    }
  }

  func close() async {
    for channel in state.withLock({ $0.channels }) {
      // Already closed is as good.
      do { try await channel.close() } catch {}
    }
  }

  private func bootstrap(
    _ core: ServerCore, _ group: any EventLoopGroup, _ loops: [ObjectIdentifier: LoopHandle]
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Int32(core.configuration.backlog))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(
        .socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: core.configuration.reusePort ? 1 : 0
      )
      .serverChannelOption(.autoRead, value: state.withLock { $0.accepts })
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptFailureHandler(core))
        }
      }
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.recvAllocator, value: ReceiveAllocator())
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.operationUnsupported }
          try loop.addConnection(to: channel)
        }
      }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return systemErrorText(error.errnoCode)
  }
}

extension ServerBootstrap {
  fileprivate func listen(on address: ListenAddress) async throws -> any Channel {
    switch address {
    case .host(let host, let port):
      try await childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.socketOption(.so_keepalive), value: 1).bind(host: host, port: port).get()
    case .unixDomainSocket(let path):
      try await bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    case .inherited(let descriptor):
      try await withBoundSocket(descriptor).get()
    }
  }
}

extension LoopHandle {
  /// Puts the one handler of ours into a new channel of this loop.
  fileprivate func addConnection(to channel: any Channel) throws {
    let loop = self.loop
    let connection = ConnectionHandler(
      id: loop.core.nextConnection(), address: channel.remoteAddress?.withoutIPv6Clothes,
      localAddress: channel.localAddress, loop: loop)
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
