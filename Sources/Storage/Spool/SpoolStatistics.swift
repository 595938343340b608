/// How the spool stands.
public struct SpoolStatistics: Sendable, Equatable {
  /// Messages that the broker has not acknowledged.
  public var messages = 0
  /// Bytes of their topics and payloads.
  public var bytes = 0
  /// When the oldest of them was stored, on the spool's own clock.
  var oldest: Int64?
  /// How old the oldest of them is, nil if there is none.
  public internal(set) var oldestAge: Duration?
  /// Messages that were set aside and are still kept.
  public var setAside = 0
  /// Messages that were set aside and given up for newer ones, since the start.
  public var setAsideForgotten = 0
  /// Whether the disk could not be written when it was tried last.
  public var isFailing = false

  /// An empty spool.
  public init() {}
}

/// What happens to the spool; told on its own thread, or by whoever opens it.
public enum SpoolEvent: Sendable, Equatable {
  /// The file was not whole. It was put aside at `path`, and what could be read of it was taken over.
  case damaged(reason: String, path: String, recovered: Int)
  /// The disk does not take messages.
  case failing(reason: String)
  /// It takes them again.
  case working
}

/// Milliseconds since 1970 as of the start, and from then on by a clock that nobody sets: jumps of the system's clock
/// make no message older or younger.
struct SpoolClock: Sendable {
  private let start = ContinuousClock.now
  private let startMilliseconds: Int64

  init(startingAt milliseconds: Int64) { startMilliseconds = milliseconds }

  var now: Int64 { startMilliseconds + Int64((ContinuousClock.now - start) / .milliseconds(1)) }

  /// How long ago `time` was; nothing for a time to come.
  func age(of time: Int64) -> Duration { .milliseconds(max(0, now - time)) }
}
