public import Logging
public import Model
import NIOConcurrencyHelpers
import Platform
public import ServiceLifecycle

/// What comes from the MQTT broker: one connection with a stable client id and a session that the broker keeps, for what
/// devices have subscribed to, and another that fetches retained messages for one of them.
///
/// One thread of its own drives both. A filter that many want is subscribed to once. Messages are acknowledged when everyone
/// who was handed a batch has finished with it.
public final class Downlink: Service {
  private let settings: DownlinkSettings
  private let desk: DownlinkDesk
  private let log: BridgeLog
  private let deliver: @Sendable (DownlinkBatch) -> Void

  /// Makes a downlink, which connects once it runs.
  ///
  /// - Parameters:
  ///   - settings: where to connect.
  ///   - logger: where to log.
  ///   - remember: told of each filter that is subscribed to for the first time, with its identifier, and without one when it
  ///     is given up: the next run needs to know them. It must not block.
  ///   - deliver: told of messages, on the downlink's thread; it must not block. Until the batch is finished no more come.
  /// - Throws: ``BridgeError/system(_:)``.
  public init(
    settings: DownlinkSettings, logger: Logger, remember: @escaping @Sendable (String, Int?) -> Void = { _, _ in },
    deliver: @escaping @Sendable (DownlinkBatch) -> Void
  ) throws(BridgeError) {
    self.settings = settings
    self.deliver = deliver
    log = BridgeLog(logger)
    do { desk = try DownlinkDesk(known: settings.known, remember) } catch { throw .system(error) }
  }

  /// Wants what is published to `filter` from now on, at `qos` at most.
  ///
  /// - Parameters:
  ///   - filter: which topics.
  ///   - qos: the most that is wanted.
  ///   - completion: hears whether the broker lets us; at once while there is no connection to it.
  /// - Returns: the identifier that ``DownlinkMessage/identifiers`` has for it.
  public func subscribe(
    to filter: SubscriptionFilter, _ qos: QualityOfService, then completion: (@Sendable (Bool) -> Void)? = nil
  ) -> Int {
    desk.subscribe(to: filter, qos, completion)
  }

  /// Wants it no more; to be said once for each ``subscribe(to:_:then:)``, with the same `qos`.
  public func unsubscribe(from filter: SubscriptionFilter, _ qos: QualityOfService) {
    desk.unsubscribe(from: filter, qos)
  }

  /// Fetches the retained messages of `filter`, for one who has just subscribed; `receive` is told of each, on the
  /// downlink's thread, with its retain flag set.
  public func fetchRetained(
    _ filter: TopicFilter, _ qos: QualityOfService, _ receive: @escaping @Sendable (Message) -> Void
  ) {
    desk.fetch(.init(filter: filter, qos: qos, receive: receive))
  }

  /// How many filters are subscribed to.
  public var subscriptionCount: Int { desk.subscriptionCount }

  /// Runs until a graceful shutdown or the task's cancellation. Runs once.
  public func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await runThread()
      } onGracefulShutdown: {
        self.desk.stop()
      }
    } onCancel: {
      desk.stop()
    }
  }

  private func runThread() async throws {
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      do throws(SystemError) {
        try SystemThread.start("downlink") { [settings, desk, log, deliver] in
          DownlinkLoop(settings, desk, log, deliver).run()
          ended.resume()
        }
      } catch {
        ended.resume(throwing: BridgeError.system(error))
      }
    }
  }
}

/// Where any thread leaves what it wants from the broker, and the downlink's thread fetches it.
final class DownlinkDesk: Sendable {
  /// Rings when there is something to do.
  let wakeUp: WakeUp
  private let remember: @Sendable (String, Int?) -> Void
  private let state: NIOLockedValueBox<State>

  private struct State {
    var subscriptions: UpstreamSubscriptions
    var fetches: [RetainedFetches.Fetch] = []
    var isStopping = false
  }

  init(known: [String: Int], _ remember: @escaping @Sendable (String, Int?) -> Void) throws(SystemError) {
    wakeUp = try WakeUp()
    self.remember = remember
    state = NIOLockedValueBox(State(subscriptions: UpstreamSubscriptions(known: known)))
  }

  var subscriptionCount: Int { state.withLockedValue { $0.subscriptions.count } }

  func subscribe(
    to filter: SubscriptionFilter, _ qos: QualityOfService, _ completion: (@Sendable (Bool) -> Void)?
  ) -> Int {
    let added = state.withLockedValue { $0.subscriptions.add(filter, qos, completion) }
    // On its way to disk before the broker hears of it.
    if added.isNew { remember(filter.text, added.identifier) }
    wakeUp.ring()
    added.answer?(true)
    return added.identifier
  }

  func unsubscribe(from filter: SubscriptionFilter, _ qos: QualityOfService) {
    state.withLockedValue { $0.subscriptions.remove(filter, qos) }
    wakeUp.ring()
  }

  func fetch(_ fetch: RetainedFetches.Fetch) {
    state.withLockedValue { $0.fetches.append(fetch) }
    wakeUp.ring()
  }

  func stop() {
    state.withLockedValue { $0.isStopping = true }
    wakeUp.ring()
  }

  var isStopping: Bool { state.withLockedValue { $0.isStopping } }

  func takeFetches() -> [RetainedFetches.Fetch] {
    state.withLockedValue { state in
      defer { state.fetches = [] }
      return state.fetches
    }
  }

  /// What is to be told to the broker; what was given up is forgotten on disk as well.
  func steps(limit: Int) -> [UpstreamSubscriptions.Step] {
    let steps = state.withLockedValue { $0.subscriptions.steps(limit: limit) }
    for case .unsubscribe(let filter) in steps { remember(filter.text, nil) }
    return steps
  }

  func sent(_ filter: SubscriptionFilter, as id: UInt16) {
    state.withLockedValue { $0.subscriptions.sent(filter, as: id) }
  }

  func unsendable(_ filter: SubscriptionFilter) {
    for completion in state.withLockedValue({ $0.subscriptions.unsendable(filter) }) { completion(false) }
  }

  /// The identifiers that the broker may not know yet.
  var unconfirmed: Set<Int> { state.withLockedValue { $0.subscriptions.unconfirmed } }

  func unsent(_ filter: SubscriptionFilter) { state.withLockedValue { $0.subscriptions.unsent(filter) } }

  func answered(_ id: UInt16, reason: UInt8) {
    let isRefused = reason >= 0x80
    for completion in state.withLockedValue({ $0.subscriptions.answered(id, isRefused: isRefused) }) {
      completion(!isRefused)
    }
  }

  func connected(isSessionPresent: Bool) {
    state.withLockedValue { $0.subscriptions.connected(isSessionPresent: isSessionPresent) }
  }

  func disconnected() {
    for completion in state.withLockedValue({ $0.subscriptions.disconnected() }) { completion(true) }
  }
}
