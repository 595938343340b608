import NIOConcurrencyHelpers
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization

/// A TLS server whose clients prove themselves with pre-shared keys or with certificates.
///
/// Make it with a configuration, which is checked whole; ``listen()`` or run it; take connections either from
/// ``connections``, or, for the fast path, with a channel initializer that gets each authenticated NIO channel on its
/// event loop. Every connection ends in exactly one typed outcome: see ``SecureServerEvent``.
///
/// Once it listens it goes on, whoever still refers to it, until ``run()`` or ``close(drainTime:)`` ends it.
public final class SecureServer: Service {
  private enum Phase {
    case idle
    case opening
    case listening
    case stopped
  }

  /// Established connections to take, with back-pressure. Empty for a server with a channel initializer.
  public let connections: SecureConnections
  private let core: ServerCore
  private let listener: Listener
  private let group: MultiThreadedEventLoopGroup
  private let loops: [ObjectIdentifier: LoopHandle]
  private let phase = NIOLockedValueBox(Phase.idle)
  private let finishConnections: @Sendable () -> Void
  /// Ends when the server has stopped.
  private let ended = AsyncStream<Never>.makeStream()
  private let isRunning = Atomic(false)

  /// A server whose connections are taken from ``connections``.
  ///
  /// - Parameters:
  ///   - configuration: where and how it listens; all of it is checked here.
  ///   - group: the event loops that serve the connections.
  ///   - observer: called with every event, synchronously.
  /// - Throws: ``SecureServerError``.
  public convenience init(
    configuration: SecureServerConfiguration, group: MultiThreadedEventLoopGroup = .singleton,
    observer: SecureServerObserver? = nil
  ) throws(SecureServerError) {
    try self.init(configuration, group, observer, nil)
  }

  /// A server whose connections are taken by `channelInitializer`, each on its event loop.
  ///
  /// - Parameters:
  ///   - configuration: where and how it listens; all of it is checked here.
  ///   - group: the event loops that serve the connections.
  ///   - observer: called with every event, synchronously.
  ///   - channelInitializer: adds the application's handlers.
  /// - Throws: ``SecureServerError``.
  public convenience init(
    configuration: SecureServerConfiguration, group: MultiThreadedEventLoopGroup = .singleton,
    observer: SecureServerObserver? = nil, channelInitializer: @escaping SecureChannelInitializer
  ) throws(SecureServerError) {
    try self.init(configuration, group, observer, channelInitializer)
  }

  private init(
    _ configuration: SecureServerConfiguration, _ group: MultiThreadedEventLoopGroup,
    _ observer: SecureServerObserver?, _ initializer: SecureChannelInitializer?
  ) throws(SecureServerError) {
    let (stream, continuation) = AsyncStream.makeStream(of: SecureConnection.self)
    let listener = Listener()
    let core = try ServerCore(
      configuration: configuration, countsPending: initializer == nil, observer: observer,
      initializer: initializer ?? { channel, info in
        // Nobody takes them any more: it is closed.
        guard case .enqueued = continuation.yield(try SecureConnection(channel, info)) else { throw NobodyListens() }
      },
      acceptsMore: { accepts in listener.setPaused(byLimit: { !accepts() }) })
    var loops: [ObjectIdentifier: LoopHandle] = [:]
    for eventLoop in group.makeIterator() {
      loops[ObjectIdentifier(eventLoop)] = try LoopHandle(eventLoop: eventLoop, core: core)
    }
    self.core = core
    self.listener = listener
    self.group = group
    self.loops = loops
    connections = SecureConnections(stream: stream, isOver: { core.isClosing }, taken: { core.admission.take() })
    finishConnections = { continuation.finish() }
  }

  // MARK: Listening

  /// Opens every address of the configuration, and accepts from now on.
  ///
  /// - Returns: the addresses as bound, with the ports that the system chose.
  /// - Throws: ``SecureServerError``; then nothing is open, and it may be tried again.
  @discardableResult public func listen() async throws(SecureServerError) -> [SocketAddress] {
    guard change(from: .idle, to: .opening) else { throw .alreadyStarted }
    do {
      try await listener.open(core, group: group, loops: loops)
    } catch {
      _ = change(from: .opening, to: .idle)
      throw error
    }
    _ = change(from: .opening, to: .listening)
    core.announceKeyLog()
    return boundAddresses
  }

  private func change(from expected: Phase, to next: Phase) -> Bool {
    phase.withLockedValue { phase in
      guard phase == expected else { return false }
      phase = next
      return true
    }
  }

  /// Listens, unless it does already, and serves until it is asked to shut down gracefully; then no connection is
  /// accepted, and those that are established have ``SecureServerConfiguration/drainTimeout`` to finish. When its task is
  /// cancelled, they have no time at all. After ``close(drainTime:)`` it returns as well.
  ///
  /// - Throws: ``SecureServerError`` if it cannot listen, runs already or has been stopped.
  public func run() async throws {
    guard !isRunning.exchange(true, ordering: .relaxed) else { throw SecureServerError.alreadyStarted }
    await waitWhileOpening()
    switch phase.withLockedValue({ $0 }) {
    case .idle:
      do { try await listen() } catch {
        isRunning.store(false, ordering: .relaxed)
        // Closed meanwhile: that is no failure.
        if phase.withLockedValue({ $0 != .stopped }) { throw error }
      }
    case .opening, .listening: break
    case .stopped: throw SecureServerError.alreadyStarted
    }
    await cancelWhenGracefulShutdown { [ended] in for await _ in ended.stream {} }
    // Cancelled: nobody wants to wait.
    await close(drainTime: Task.isCancelled ? .zero : core.configuration.drainTimeout)
  }

  /// Where it listens; empty before ``listen()``.
  public var boundAddresses: [SocketAddress] { listener.addresses }

  /// How many connections there are, in any stage.
  public var connectionCount: Int { core.admission.connectionCount }

  /// From the moment that it returns, accepts no further connection until ``resumeAccepting()``; those that arrive wait in the kernel's backlog.
  public func pauseAccepting() { listener.setPaused(byUser: true) }

  /// Accepts again.
  public func resumeAccepting() { listener.setPaused(byUser: false) }

  /// Uses other TLS settings for later handshakes; live connections keep theirs.
  ///
  /// - Parameter tls: all of the settings; what isn't set is as it is by default.
  /// - Throws: ``SecureServerError``; then the old settings stay in use.
  public func reload(tls: TLSConfiguration) throws(SecureServerError) {
    core.replace(try TLSContext(tls))
  }

  /// Closes a connection in any stage, by its number in the server's events: with close_notify if it is established. May
  /// be called from any callback of the server; one that has gone already is none of its business.
  ///
  /// - Parameters:
  ///   - number: the connection's.
  ///   - immediately: whether what it has not taken yet is dropped. Otherwise it is waited for, as long as it takes
  ///     something within each ``SecureServerConfiguration/handshakeTimeout``, and for twelve times that at most.
  public func closeConnection(_ number: UInt64, immediately: Bool = false) {
    for handle in loops.values {
      handle.run { loop in loop.connections[number]?.closeByServer(immediately: immediately) }
    }
  }

  /// The events from now on.
  ///
  /// - Parameter capacity: how many may wait for a slow reader; further ones are dropped and counted.
  /// - Returns: a sequence for one reader, which ends with the server.
  public func events(capacity: Int = 1024) -> SecureServerEvents {
    let events = SecureServerEvents(capacity: capacity)
    events.subscribe(to: core)
    return events
  }

  // MARK: Stopping

  /// Stops for good: no connection is accepted any more, none is delivered, handshakes end with
  /// ``HandshakeFailure/Reason/serverClosing``, and established connections end when the time is over. It returns when
  /// every connection has had its outcome. Done again, or before the server listens, it does no harm; the shortest time counts.
  ///
  /// - Parameter drainTime: how long established connections may go on, which are told by
  ///   ``SecureChannelEvent/shouldQuiesce``.
  public func close(drainTime: Duration = .zero) async {
    phase.withLockedValue { $0 = .stopped }
    core.beginClosing()
    finishConnections()
    await listener.close()
    forEachConnection { $0.quiesce() }
    await waitUntilEmpty(for: drainTime)
    forEachConnection { $0.terminate() }
    // For what a peer has not taken yet.
    await waitUntilEmpty(for: core.configuration.handshakeTimeout)
    forEachConnection { $0.terminate() }
    await waitUntilEmpty(for: .seconds(1))
    core.finishEvents()
    ended.continuation.finish()
  }

  private func waitUntilEmpty(for time: Duration) async {
    let end = ContinuousClock.now + time
    await wait { self.connectionCount > 0 && ContinuousClock.now < end }
  }

  /// If that fails, whoever runs the server tries it again, and is told why.
  private func waitWhileOpening() async {
    await wait { self.phase.withLockedValue { $0 == .opening } }
  }

  /// Looks again every few milliseconds: on a loop's timer, which goes on in a task that is cancelled.
  private func wait(while condition: () -> Bool) async {
    while condition() {
      // A loop that has stopped has no connections.
      do { try await group.next().scheduleTask(in: .milliseconds(5)) {}.futureResult.get() } catch { return }
    }
  }

  private func forEachConnection(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
    for handle in loops.values {
      handle.run { loop in loop.connections.values.forEach(body) }
    }
  }
}

/// The task that took connections was cancelled, or has let go of them.
private struct NobodyListens: Error, CustomStringConvertible {
  var description: String { "nobody takes the server's connections any more" }
}
