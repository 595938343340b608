import NIOConcurrencyHelpers
import NIOCore
import Synchronization

/// What all connections of a server share, on any event loop.
final class ServerCore: Sendable {
  /// Without its TLS settings: a provider may hold keys, and when ``context`` is replaced nobody else holds on to it.
  let configuration: SecureServerConfiguration
  let admission: Admission
  let memoryTrim = MemoryTrim()
  let handshakeTimeout: TimeAmount
  let slotWait: TimeAmount
  private let observer: SecureServerObserver?
  private let initializer: SecureChannelInitializer
  private let acceptsMore: @Sendable (() -> Bool) -> Void
  private let context: NIOLockedValueBox<TLSContext>
  private let subscribers = NIOLockedValueBox<[SecureServerEvents.Subscriber]>([])
  private let closing = Atomic(false)
  private let hasFinished = Atomic(false)
  private let lastConnection = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - configuration: checked here.
  ///   - countsPending: whether established connections wait to be taken.
  ///   - observer: called with every event.
  ///   - initializer: takes established connections.
  ///   - acceptsMore: called when the limit of accepted connections is reached, and when it no longer is, with what says
  ///     whether it is.
  /// - Throws: ``SecureServerError``.
  init(
    configuration: SecureServerConfiguration, countsPending: Bool, observer: SecureServerObserver?,
    initializer: @escaping SecureChannelInitializer, acceptsMore: @escaping @Sendable (() -> Bool) -> Void
  ) throws(SecureServerError) {
    try configuration.validate()
    self.configuration = configuration.withoutTLS
    admission = Admission(limits: configuration.limits, countsPending: countsPending)
    handshakeTimeout = TimeAmount(configuration.handshakeTimeout)
    slotWait = TimeAmount(configuration.limits.slotWait)
    context = NIOLockedValueBox(try TLSContext(configuration.tls))
    self.observer = observer
    self.initializer = initializer
    self.acceptsMore = acceptsMore
  }

  /// Where a connection begins that no proxy announces.
  var firstStage: ConnectionHandler.Stage {
    .accepted(ClientHelloScanner(maximumLength: configuration.limits.clientHelloBytes), ByteBuffer())
  }

  /// The settings for a connection, by the name in its ClientHello, and whether that name is refused.
  func tlsContext(for hello: Span<UInt8>) -> (context: TLSContext, refusesName: Bool) {
    let current = context.withLockedValue { $0 }
    guard let selector = current.configuration.serverNameSelector else { return (current, false) }
    return switch selector(ServerName.inClientHello(hello)) {
    case .use(let prepared): (announceKeyLog(of: prepared.context), false)
    case .useDefault: (current, false)
    case .reject: (current, true)
    }
  }

  var isClosing: Bool { closing.load(ordering: .relaxed) }

  func beginClosing() { closing.store(true, ordering: .relaxed) }
  func replace(_ newContext: TLSContext) {
    context.withLockedValue { $0 = newContext }
    announceKeyLog()
  }

  /// Whoever reads along should not go unnoticed.
  func announceKeyLog() { _ = announceKeyLog(of: context.withLockedValue { $0 }) }

  private func announceKeyLog(of context: TLSContext) -> TLSContext {
    if context.configuration.keyLogCallback != nil, context.announcesKeyLog() { emit(.keyLogEnabled) }
    return context
  }

  func nextConnection() -> UInt64 { lastConnection.add(1, ordering: .relaxed).newValue }

  func initialize(_ channel: any Channel, _ info: SecureChannelInfo) throws { try initializer(channel, info) }

  func helloAwaited(_ change: Int) {
    if admission.awaitHello(change) { acceptsMore({ [admission] in admission.acceptsMore }) }
  }

  // MARK: Events

  func emit(_ event: SecureServerEvent) {
    observer?(event)
    subscribers.withLockedValue { subscribers in
      guard !subscribers.isEmpty else { return }
      subscribers.removeAll { !$0.yield(event) }
    }
  }

  func subscribe(_ subscriber: SecureServerEvents.Subscriber) {
    subscribers.withLockedValue { subscribers in
      if hasFinished.load(ordering: .relaxed) { subscriber.finish() } else { subscribers.append(subscriber) }
    }
  }

  func finishEvents() {
    let all = subscribers.withLockedValue { subscribers in
      hasFinished.store(true, ordering: .relaxed)
      return subscribers
    }
    for subscriber in all { subscriber.finish() }
  }
}

extension SecureServerConfiguration {
  fileprivate var withoutTLS: SecureServerConfiguration {
    var copy = self
    copy.tls = TLSConfiguration { _ in .unknownIdentity }
    return copy
  }
}
