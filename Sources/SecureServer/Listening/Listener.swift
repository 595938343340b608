import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The listening sockets of a server, and whether they accept.
final class Listener: Sendable {
  private struct State {
    var channels: [any Channel] = []
    var isPausedByUser = false
    var isPausedByLimit = false
    /// Not before every address could be opened.
    var isOpen = false
    var isClosed = false
    var nextReport = NIODeadline.uptimeNanoseconds(0)
    var accepts: Bool { isOpen && !isPausedByUser && !isPausedByLimit }
  }

  private static let reportInterval = TimeAmount.seconds(1)

  private let state = NIOLockedValueBox(State())

  var addresses: [SocketAddress] {
    state.withLockedValue { $0.channels.compactMap(\.localAddress) }
      .reduce(into: []) { known, address in if !known.contains(address) { known.append(address) } }
  }
  var accepts: Bool { state.withLockedValue { $0.accepts } }
  /// Whether it has been closed, or never was open: then a socket may go without a word.
  var isClosed: Bool { state.withLockedValue { !$0.isOpen } }

  /// Whether a failure to accept is told now: once a second, for all sockets together.
  func mayReport(at now: NIODeadline) -> Bool {
    state.withLockedValue { state in
      guard now >= state.nextReport else { return false }
      state.nextReport = now + Self.reportInterval
      return true
    }
  }

  /// A pause by the user is undone by the user alone.
  func setPaused(byUser paused: Bool) { change { $0.isPausedByUser = paused } }

  /// A pause at the limit of accepted connections ends by itself.
  func setPaused(byLimit paused: () -> Bool) { change { $0.isPausedByLimit = paused() } }

  private func change(_ body: (inout State) -> Void) {
    let channels = state.withLockedValue { state -> [any Channel] in
      let before = state.accepts
      body(&state)
      return state.accepts == before ? [] : state.channels
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(AcceptGate.Changed()) }
  }

  /// Listens on every address of the configuration, or on none; nothing is accepted before all are open.
  func open(
    _ core: ServerCore, group: any EventLoopGroup, loops: [ObjectIdentifier: LoopHandle]
  ) async throws(SecureServerError) {
    do {
      for address in core.configuration.addresses { try await open(address, core, group, loops) }
    } catch {
      await closeChannels()
      throw error
    }
    for case .inherited(let descriptor) in core.configuration.addresses { InheritedSocket.release(descriptor) }
    change { $0.isOpen = !$0.isClosed }
  }

  /// Opens a socket on each event loop where TCP allows it (SO_REUSEPORT, socket(7)): a connection is then served by
  /// the loop that accepts it, and never handed from thread to thread.
  private func open(
    _ address: ListenAddress, _ core: ServerCore, _ group: any EventLoopGroup, _ loops: [ObjectIdentifier: LoopHandle]
  ) async throws(SecureServerError) {
    var eventLoops: [any EventLoopGroup] = [group]
    if case .host = address { eventLoops = Array(group.makeIterator()) }
    let first = try await bootstrap(core, eventLoops[0], loops).listen(on: address, core.configuration)
    try add(first, address)
    for eventLoop in eventLoops.dropFirst() {
      let bootstrap = bootstrap(core, eventLoop, loops)
      try add(try await bootstrap.listen(on: address, beside: first, core.configuration), address)
    }
  }

  private func add(_ channel: any Channel, _ address: ListenAddress) throws(SecureServerError) {
    let isClosed = state.withLockedValue { state in
      state.channels.append(channel)
      return state.isClosed
    }
    if isClosed { throw .cannotListen(address, reason: "the server was stopped") }
  }

  /// Closes all, for good.
  func close() async {
    state.withLockedValue {
      $0.isOpen = false
      $0.isClosed = true
    }
    await closeChannels()
  }

  private func closeChannels() async {
    let channels = state.withLockedValue { state in
      defer { state.channels = [] }
      return state.channels
    }
    for channel in channels {
      // Already closed is as good.
      do { try await channel.close() } catch {}
    }
  }

  private func bootstrap(
    _ core: ServerCore, _ group: any EventLoopGroup, _ loops: [ObjectIdentifier: LoopHandle]
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: CInt(clamping: core.configuration.backlog))
      .serverChannelOption(.autoRead, value: false)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            AcceptGate(core, self, loops[ObjectIdentifier(channel.eventLoop)]))
        }
      }
      .childChannelInitializer { channel in
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

extension LoopHandle {
  /// Puts the one handler of ours into a new channel of this loop.
  func addConnection(to channel: any Channel) throws {
    let loop = self.loop
    // The bootstrap's own way costs a future for each, a tenth of a handshake in all.
    try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    try channel.syncOptions?.setOption(.recvAllocator, value: ReceiveAllocator(sharing: loop.received))
    let address = channel.remoteAddress?.withoutIPv6Clothes
    let isFromProxy = loop.core.configuration.proxyProtocol?.trusts(address, at: channel.localAddress) ?? false
    let connection = ConnectionHandler(
      id: loop.core.nextConnection(), address: address, isFromProxy: isFromProxy, loop: loop)
    // With a name of its own SwiftNIO need not make one up.
    try channel.pipeline.syncOperations.addHandler(connection, name: "tls")
  }
}
