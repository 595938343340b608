/// The pauses between attempts to connect.
struct Backoff {
  private let settings: BackoffSettings
  private var next: Duration

  init(_ settings: BackoffSettings) {
    self.settings = settings
    next = settings.minimum
  }

  /// The pause before the next attempt: doubled each time, up to the longest, and shortened by `jitter`, which is 0 for
  /// the full pause and 1 for half of it.
  mutating func pause(jitter: Double = .random(in: 0...1)) -> Duration {
    defer { next = min(next * 2, settings.maximum) }
    return next * (1 - jitter / 2)
  }

  /// Begins again with the shortest pause.
  mutating func reset() { next = settings.minimum }
}
