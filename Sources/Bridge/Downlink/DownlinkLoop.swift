import Model
import Platform
import Synchronization

/// The downlink's thread: it waits for sockets and wishes, and drives both connections, until it is asked to end.
final class DownlinkLoop {
  /// About how many messages are handed over at a time.
  private static let batchLimit = 500
  /// How many filters the broker is told about at a time.
  private static let stepLimit = 500

  private let desk: DownlinkDesk
  private let deliver: @Sendable (DownlinkBatch) -> Void
  private let live: DownlinkConnection
  private let retained: DownlinkConnection
  private var fetches = RetainedFetches()
  private var poll = Poll()
  private var nextTick = ContinuousClock.now
  /// Whether messages have been handed over and not everyone has finished with them.
  private var isBatchOpen = false
  private let finishedBatches = FinishedBatches()
  private var knownFinished = 0
  private var hasConnected = false

  init(
    _ settings: DownlinkSettings, _ desk: DownlinkDesk, _ log: BridgeLog,
    _ deliver: @escaping @Sendable (DownlinkBatch) -> Void
  ) {
    self.desk = desk
    self.deliver = deliver
    live = DownlinkConnection(
      settings, id: settings.clientID, sessionExpiry: settings.sessionExpirySeconds, desk.wakeUp, log)
    retained = DownlinkConnection(settings, id: settings.clientID + "-retained", sessionExpiry: 0, desk.wakeUp, log)
  }

  /// Runs to the end.
  func run() {
    while !desk.isStopping {
      let now = ContinuousClock.now
      noteFinished()
      live.advance(now)
      retained.advance(now)
      subscribe()
      fetch(now)
      if now >= nextTick { tick(now) }
      wait(now)
    }
    live.end()
    retained.end()
    desk.disconnected()
  }

  private func noteFinished() {
    let finished = finishedBatches.count
    guard finished != knownFinished else { return }
    knownFinished = finished
    isBatchOpen = false
    // Now the acknowledgements may leave.
    take(live.write())
  }

  private func subscribe() {
    guard let client = live.connected, !isBatchOpen else { return }
    let steps = desk.steps(limit: Self.stepLimit)
    guard !steps.isEmpty else { return }
    for step in steps {
      switch step {
      case .unsubscribe(let filter): client.unsubscribe(from: filter.text)
      case .subscribe(let filter, let qos, let identifier):
        let options = MosquittoClient.SubscriptionOptions(
          qos: qos, identifier: identifier, fetchesRetained: false, retainAsPublished: true)
        if let id = client.subscribe(to: filter.text, options) {
          desk.sent(filter, as: id)
        } else if client.descriptor >= 0 {
          desk.unsendable(filter)
        } else {
          desk.unsent(filter)
        }
      }
    }
    take(live.write())
    desk.wakeUp.ring()
  }

  private func fetch(_ now: ContinuousClock.Instant) {
    for wish in desk.takeFetches() { fetches.add(wish) }
    guard let client = retained.connected else { return }
    var isAny = false
    while let (fetch, identifier) = fetches.next(now) {
      isAny = true
      _ = client.subscribe(
        to: fetch.filter.pattern,
        .init(qos: fetch.qos, identifier: identifier, fetchesRetained: true, retainAsPublished: false))
    }
    if isAny { takeRetained(retained.write()) }
  }

  private func tick(_ now: ContinuousClock.Instant) {
    nextTick = now + .milliseconds(500)
    take(live.tick())
    takeRetained(retained.tick())
    let expired = fetches.expired(now)
    if let client = retained.connected {
      for filter in expired { client.unsubscribe(from: filter.pattern) }
    }
    // Pings and the like wait for the batch as everything does.
    if !isBatchOpen { take(live.write()) }
    takeRetained(retained.write())
  }

  // MARK: What has come

  private func take(_ news: [DownlinkConnection.News]) {
    var messages: [DownlinkMessage] = []
    for item in news {
      switch item {
      case .connected(let isPresent):
        // What an earlier run has asked for is asked for once more, for it may have been at another QoS.
        desk.connected(isSessionPresent: isPresent && hasConnected)
        hasConnected = true
      case .disconnected: desk.disconnected()
      case .event(.subscribed(let id, let reason)): desk.answered(id, reason: reason)
      case .event(.received(let received)):
        // MQTT 3.1.1 sends retained messages with every SUBSCRIBE: who wants them has them fetched.
        if received.message.retain, live.client?.version == .v3 { continue }
        messages.append(
          DownlinkMessage(message: received.message, identifiers: received.subscriptionIdentifiers))
      case .event(.connected), .event(.published): break
      }
    }
    guard !messages.isEmpty else { return }
    isBatchOpen = true
    let (finished, wakeUp) = (finishedBatches, desk.wakeUp)
    let batch = DownlinkBatch(messages, unconfirmed: desk.unconfirmed) {
      finished.add()
      wakeUp.ring()
    }
    deliver(batch)
    batch.finish()
  }

  private func takeRetained(_ news: [DownlinkConnection.News]) {
    for item in news {
      switch item {
      case .disconnected: fetches.disconnected()
      case .event(.received(let received)):
        for receive in fetches.receivers(of: received.message, received.subscriptionIdentifiers) {
          receive(received.message)
        }
      case .connected, .event: break
      }
    }
  }

  // MARK: Waiting

  private func wait(_ now: ContinuousClock.Instant) {
    poll.removeAll()
    let bell = poll.watch(desk.wakeUp.descriptor)
    // While a batch is open nothing is read: the broker waits with us.
    let place = isBatchOpen ? nil : live.client.map { poll.watch($0.descriptor, write: $0.wantsWrite) }
    let retainedPlace = retained.client.map { poll.watch($0.descriptor, write: $0.wantsWrite) }
    poll.wait(timeout(now))
    if poll.isReadable(bell) { desk.wakeUp.clear() }
    if let place {
      if poll.isReadable(place) { take(live.read(limit: Self.batchLimit)) }
      if !isBatchOpen, live.client?.wantsWrite ?? false { take(live.write()) }
    }
    if let retainedPlace {
      if poll.isReadable(retainedPlace) { takeRetained(retained.read(limit: Self.batchLimit)) }
      if retained.client?.wantsWrite ?? false { takeRetained(retained.write()) }
    }
  }

  private func timeout(_ now: ContinuousClock.Instant) -> Duration {
    var next = nextTick
    for deadline in [live.deadline, retained.deadline].compactMap(\.self) { next = min(next, deadline) }
    return max(.zero, next - now)
  }
}

/// How many batches are finished, counted by whoever finishes them.
private final class FinishedBatches: Sendable {
  private let counter = Atomic(0)

  var count: Int { counter.load(ordering: .acquiring) }

  func add() { counter.add(1, ordering: .releasing) }
}
