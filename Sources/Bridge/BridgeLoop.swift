import Platform
import Storage

/// The bridge's thread: it waits for sockets and submissions, and drives the lanes, until it is asked to end.
final class BridgeLoop {
  private let settings: BridgeSettings
  private let outbox: Outbox
  private let context: LaneContext
  private let lanes: [Lane]
  private var phase = Phase.publishing
  private var poll = Poll()
  private var nextTick = ContinuousClock.now
  /// The next message's place in the order of arrival.
  private var nextSequence: Int64

  init(
    _ settings: BridgeSettings, _ outbox: Outbox, _ spool: Spool?, _ log: BridgeLog,
    _ tell: @escaping (BridgeEvent) -> Void
  ) {
    self.settings = settings
    self.outbox = outbox
    let port = spool.map { SpoolPort($0, settings.spool, outbox.wakeUp) }
    let context = LaneContext(settings, outbox.wakeUp, port, log, tell)
    self.context = context
    nextSequence = spool?.contents.nextSequence ?? 1
    lanes = (0..<settings.connections).map { index in
      Lane(index, context, backlog: Backlog(of: index, among: settings.connections, in: spool?.contents))
    }
  }

  /// How far the end has come.
  private enum Phase {
    case publishing
    /// What waits is still sent, until then; in the second half of the time it is put on disk.
    case draining(since: ContinuousClock.Instant, until: ContinuousClock.Instant)
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
      context.spool?.flush()
      context.settlements.deliver()
      wait(now)
    }
    finish()
  }

  /// Takes over what was submitted.
  private func fetch() {
    context.counts.turns += 1
    context.counts.inFlight = lanes.reduce(0) { $0 + $1.window.count }
    let taken = outbox.take(settled: context.settled, counts: context.counts)
    context.settled = Settled()
    let now = ContinuousClock.now
    for submission in taken.submissions { enqueue(submission, now) }
    for receipt in taken.refused { context.settlements.add(receipt, .dropped(.outboxFull)) }
    if taken.mustShed { for lane in lanes { lane.shedAtMostOnce(.outboxFull) } }
    switch taken.congestion {
    case true?: announceCongestion()
    case false?: announceRelief()
    case nil: break
    }
    if taken.isStopping, case .publishing = phase {
      context.isEnding = true
      phase = .draining(since: now, until: now + settings.drainTime)
    }
    for (answer, lane) in context.spool?.takeAnswers() ?? [] { lanes[lane].take(answer) }
  }

  private func enqueue(_ submission: Submission, _ now: ContinuousClock.Instant) {
    let message = UplinkMessage(submission, sequence: nextSequence, arrived: now)
    nextSequence += 1
    lanes[submission.lane.index(among: lanes.count)].enqueue(message)
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
    if isTick { nextTick = now + .milliseconds(500) }
    for lane in lanes {
      lane.advance(now)
      if isTick { lane.tick(now) }
      lane.publishQueued()
      lane.useDisk()
    }
  }

  /// Goes on towards the end, once it was asked for.
  private func proceed(_ now: ContinuousClock.Instant) {
    switch phase {
    case .publishing: break
    case .draining(let start, let deadline):
      guard now >= deadline || lanes.allSatisfy(\.isIdle) else {
        if now >= start + (deadline - start) / 2 { for lane in lanes { lane.store(before: now) } }
        return
      }
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
    case .draining(_, let deadline), .leaving(let deadline): next = min(next, deadline)
    }
    return max(.zero, next - now)
  }

  /// Everything that is still here will not be sent: each receipt hears of it.
  private func finish() {
    for lane in lanes { lane.abandon() }
    let now = ContinuousClock.now
    for submission in outbox.close() {
      context.settle(UplinkMessage(submission, sequence: nextSequence, arrived: now), .dropped(.stopped))
    }
    let abandoned = context.settled.all.messages
    context.spool?.flush()
    context.settlements.deliver()
    context.log.stopped(unsettled: abandoned)
  }
}
