import NIOConcurrencyHelpers
import Platform

/// Where any thread leaves messages, and the bridge's thread fetches them: one lock and at most one wake-up a batch.
///
/// It counts what has been submitted and not settled, wherever that is now.
final class Outbox: Sendable {
  /// Rings when there is something to fetch.
  let wakeUp: WakeUp
  private let limits: OutboxLimits
  private let state = NIOLockedValueBox(State())

  init(limits: OutboxLimits) throws(SystemError) {
    self.limits = limits
    wakeUp = try WakeUp()
  }

  /// Accepts `batch`, in its order, as far as the limits allow; the rest is refused.
  func submit(_ batch: [Submission]) {
    let (rings, turnedAway) = state.withLockedValue { $0.accept(batch, limits) }
    if rings { wakeUp.ring() }
    guard !turnedAway.isEmpty else { return }
    // The bridge has ended, so nobody else would answer.
    var settlements = Settlements()
    for submission in turnedAway { settlements.add(submission.receipt, .dropped(.stopped)) }
    settlements.deliver()
  }

  /// Fetches everything new, after giving back what `settled` has freed.
  func take(settled: Settled, counts: BridgeStatistics) -> OutboxTake {
    state.withLockedValue { $0.take(settled, counts, limits) }
  }

  /// Asks the bridge's thread to end.
  func requestStop() {
    state.withLockedValue { $0.isStopping = true }
    wakeUp.ring()
  }

  /// Ends acceptance: from now on every submission is reported as dropped.
  ///
  /// - Returns: what nobody has fetched.
  func close() -> [Submission] {
    state.withLockedValue { state in
      state.isClosed = true
      state.load = OutboxLoad()
      state.statistics.connectedLanes = 0
      state.statistics.inFlight = 0
      defer { state.inbox = [] }
      return state.inbox
    }
  }

  var statistics: BridgeStatistics {
    state.withLockedValue { state in
      var statistics = state.statistics
      statistics.dropped += state.refusedCount
      statistics.outboxMessages = state.load.messages
      statistics.outboxBytes = state.load.bytes
      return statistics
    }
  }
}

/// What the bridge's thread fetches in one turn.
struct OutboxTake {
  /// New messages, in order.
  var submissions: [Submission]
  /// Receipts of messages that were turned away, as the outbox was full.
  var refused: [Receipt]
  /// Set when congestion has begun or ended.
  var congestion: Bool?
  /// Whether QoS 0 messages that wait should go, to bring the outbox back under its limit.
  var mustShed: Bool
  /// Whether the end was asked for.
  var isStopping: Bool
}

extension Outbox {
  private struct State {
    var inbox: [Submission] = []
    var refused: [Receipt] = []
    var refusedCount = 0
    /// Everything submitted and not settled.
    var load = OutboxLoad()
    /// The part of it that is not QoS 0.
    var reliable = OutboxLoad()
    var statistics = BridgeStatistics()
    var isCongested = false
    var isRinging = false
    var isStopping = false
    var isClosed = false

    mutating func accept(_ batch: [Submission], _ limits: OutboxLimits) -> (rings: Bool, turnedAway: [Submission]) {
      if isClosed { return (false, batch) }
      for submission in batch {
        if admits(submission, limits) {
          inbox.append(submission)
        } else {
          refusedCount += 1
          if let receipt = submission.receipt { refused.append(receipt) }
        }
      }
      defer { isRinging = true }
      return (!isRinging, [])
    }

    /// Counts `submission` if there is room, or will be once waiting QoS 0 messages have gone.
    private mutating func admits(_ submission: Submission, _ limits: OutboxLimits) -> Bool {
      var (whole, kept) = (load, reliable)
      whole += submission.load
      if !submission.isAtMostOnce { kept += submission.load }
      guard !limits.isOver(whole) || (!submission.isAtMostOnce && !limits.isOver(kept)) else { return false }
      (load, reliable) = (whole, kept)
      return true
    }

    mutating func take(_ settled: Settled, _ counts: BridgeStatistics, _ limits: OutboxLimits) -> OutboxTake {
      load -= settled.all
      reliable -= settled.reliable
      statistics = counts
      isRinging = false
      defer { (inbox, refused) = ([], []) }
      return OutboxTake(
        submissions: inbox, refused: refused, congestion: congestionChange(limits), mustShed: limits.isOver(load),
        isStopping: isStopping)
    }

    private mutating func congestionChange(_ limits: OutboxLimits) -> Bool? {
      let isNow = isCongested ? !limits.isUnderLowWater(load) : limits.isOverHighWater(load)
      defer { isCongested = isNow }
      return isNow == isCongested ? nil : isNow
    }
  }
}

/// What one turn of the bridge's thread has settled.
struct Settled: Equatable {
  /// Everything.
  var all = OutboxLoad()
  /// The part of it that is not QoS 0.
  var reliable = OutboxLoad()

  mutating func count(_ load: OutboxLoad, isAtMostOnce: Bool) {
    all += load
    if !isAtMostOnce { reliable += load }
  }
}
