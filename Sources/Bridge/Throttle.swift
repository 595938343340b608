/// Lets one log line an interval through, and counts the others: a device that publishes where it may not must not
/// fill the disk.
struct Throttle {
  private let interval: Duration
  private var next: ContinuousClock.Instant?
  private var silenced = 0

  init(interval: Duration) { self.interval = interval }

  /// How many lines were held back since the last one, if this one may pass; else `nil`.
  mutating func pass(at now: ContinuousClock.Instant) -> Int? {
    if let next, now < next {
      silenced += 1
      return nil
    }
    next = now + interval
    defer { silenced = 0 }
    return silenced
  }
}
