import Platform

/// The bridge's thread: it waits for sockets and submissions, and drives the lanes, until it is asked to end.
final class BridgeLoop {
  private let settings: BridgeSettings
  private let outbox: Outbox
  private let context: LaneContext
  private let lanes: [Lane]
  private var phase = Phase.publishing
  private var poll = Poll()
  private var nextTick = ContinuousClock.now

  init(
    _ settings: BridgeSettings, _ outbox: Outbox, _ log: BridgeLog, _ tell: @escaping (BridgeEvent) -> Void
  ) {
    self.settings = settings
    self.outbox = outbox
    let context = LaneContext(settings, outbox.wakeUp, log, tell)
    self.context = context
    lanes = (0..<settings.connections).map { Lane($0, context) }
  }

  /// How far the end has come.
  private enum Phase {
    case publishing
    /// What waits is still sent, until then.
    case draining(until: ContinuousClock.Instant)
    /// The lanes say good-bye, until then.
    case leaving(until: ContinuousClock.Instant)
  }

  /// Runs to the end. Each turn gives every lane its share.
  func run() {
    while !lanes.allSatisfy(\.hasEnded) {
      fetch()
      let now = ContinuousClock.now
      drive(now)
      proceed(now)
      context.settlements.deliver()
      wait(now)
    }
    finish()
  }

  /// Takes over what was submitted.
  private func fetch() {
    context.counts.inFlight = lanes.reduce(0) { $0 + $1.window.count }
    let taken = outbox.take(settled: context.settled, counts: context.counts)
    context.settled = Settled()
    for submission in taken.submissions { lanes[submission.lane.index(among: lanes.count)].enqueue(submission) }
    for receipt in taken.refused { context.settlements.add(receipt, .dropped(.outboxFull)) }
    if taken.mustShed { for lane in lanes { lane.shedAtMostOnce(.outboxFull) } }
    switch taken.congestion {
    case true?: announceCongestion()
    case false?: announceRelief()
    case nil: break
    }
    if taken.isStopping, case .publishing = phase { phase = .draining(until: .now + settings.drainTime) }
  }

  private func announceCongestion() {
    context.log.congested()
    context.tell(.congested)
  }

  private func announceRelief() {
    context.log.relieved()
    context.tell(.relieved)
  }

  private func drive(_ now: ContinuousClock.Instant) {
    let isTick = now >= nextTick
    if isTick { nextTick = now + .seconds(1) }
    for lane in lanes {
      lane.advance(now)
      if isTick {
        lane.tick()
        lane.losePatience(now)
      }
      lane.publishQueued()
    }
  }

  /// Goes on towards the end, once it was asked for.
  private func proceed(_ now: ContinuousClock.Instant) {
    switch phase {
    case .publishing: break
    case .draining(let deadline):
      guard now >= deadline || lanes.allSatisfy(\.isIdle) else { return }
      for lane in lanes { lane.leave() }
      phase = .leaving(until: now + .seconds(1))
    case .leaving(let deadline):
      if now >= deadline { for lane in lanes { lane.abandon() } }
    }
  }

  private func wait(_ now: ContinuousClock.Instant) {
    poll.removeAll()
    let bell = poll.watch(outbox.wakeUp.descriptor)
    let places = lanes.map { lane in lane.client.map { poll.watch($0.descriptor, write: $0.wantsWrite) } }
    poll.wait(timeout(now))
    if poll.isReadable(bell) { outbox.wakeUp.clear() }
    for (lane, place) in zip(lanes, places) {
      guard let place else { continue }
      let (readable, writable) = (poll.isReadable(place), poll.isWritable(place))
      if readable || writable { lane.ready(readable: readable, writable: writable) }
    }
  }

  private func timeout(_ now: ContinuousClock.Instant) -> Duration {
    if context.settled != Settled() || lanes.contains(where: \.canPublish) { return .zero }
    var next = nextTick
    for deadline in lanes.compactMap(\.deadline) { next = min(next, deadline) }
    switch phase {
    case .publishing: break
    case .draining(let deadline), .leaving(let deadline): next = min(next, deadline)
    }
    return max(.zero, next - now)
  }

  /// Everything that is still here will not be sent: each receipt hears of it.
  private func finish() {
    for lane in lanes { lane.abandon() }
    for submission in outbox.close() { context.settle(submission, .dropped(.stopped)) }
    let abandoned = context.settled.all.messages
    context.settlements.deliver()
    context.log.stopped(unsettled: abandoned)
  }
}
