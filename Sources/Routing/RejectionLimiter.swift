/// Keeps refused handshakes from flooding the broker: of each kind (identity, address, reason) one event an interval,
/// with the number of times since the last one.
public struct RejectionLimiter: Sendable {
  private struct Kind: Hashable {
    var identity: [UInt8]
    var address: String
    var reason: String
  }

  private struct Tally {
    var quietUntil: ContinuousClock.Instant
    var count = 0
  }

  /// How many rejections were in no event yet, by reason, because too many kinds came at once.
  private var overflow: [String: Int] = [:]
  private var tallies: [Kind: Tally] = [:]
  private let maximumKinds: Int
  private let interval: Duration

  /// A limiter that knows `maximumKinds` kinds at a time; that is also the most events in an interval.
  public init(maximumKinds: Int = 256, interval: Duration = .seconds(1)) {
    self.maximumKinds = maximumKinds
    self.interval = interval
  }

  /// A handshake was refused: the event to publish now, if any. The first of its kind is published at once, the next
  /// ones by ``flush(now:)``.
  public mutating func record(
    identity: [UInt8], address: String, reason: String, now: ContinuousClock.Instant
  ) -> Rejection? {
    let kind = Kind(identity: Array(identity.prefix(Self.maximumIdentityBytes)), address: address, reason: reason)
    if tallies[kind] != nil {
      tallies[kind]?.count += 1
      return nil
    }
    guard tallies.count < maximumKinds else {
      overflow[reason, default: 0] += 1
      return nil
    }
    tallies[kind] = Tally(quietUntil: now + interval)
    return Rejection(identity: kind.identity, address: address, reason: reason, count: 1)
  }

  /// The events that were held back and are due, and room for new kinds. What found no room comes as one event for each
  /// reason, without identity and address. The owner calls it about once an interval.
  public mutating func flush(now: ContinuousClock.Instant) -> [Rejection] {
    var due: [Rejection] = []
    for (kind, tally) in tallies where tally.quietUntil <= now {
      if tally.count > 0 {
        due.append(
          Rejection(identity: kind.identity, address: kind.address, reason: kind.reason, count: tally.count))
      }
      tallies[kind] = tally.count > 0 ? Tally(quietUntil: now + interval) : nil
    }
    due += overflow.map { reason, count in Rejection(identity: [], address: "", reason: reason, count: count) }
    overflow.removeAll()
    return due
  }

  /// No longer identity can be configured.
  private static let maximumIdentityBytes = 256
}
