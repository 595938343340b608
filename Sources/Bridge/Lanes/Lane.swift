import DequeModule
import Model

/// One connection to the broker and the messages that take it, in order; it belongs to the bridge's thread.
///
/// A connection that is lost is thrown away with its libmosquitto handle, and what was under way is sent again on the
/// next, before anything newer: libmosquitto's own queue, which knows no bound, stays empty.
final class Lane {
  let index: Int
  let context: LaneContext
  var state = State.pausing(until: .now)
  /// What waits for the connection or for room in the window.
  var queue: Deque<Submission> = []
  /// What is under way.
  var window: Window
  /// How many of the messages in ``queue`` are QoS 0.
  var queuedAtMostOnce = 0
  /// When the connection was lost.
  var downSince = ContinuousClock.now
  var backoff: Backoff
  var hasConnected = false
  /// Whether some message makes the broker close the connection.
  var suspicion = Suspicion()
  /// When something was handed over last.
  var lastPublish = ContinuousClock.now
  /// How many messages the broker takes at once.
  var allowed: Int
  /// How many brokers in a row could not be used.
  var failedAttempts = 0

  init(_ index: Int, _ context: LaneContext) {
    self.index = index
    self.context = context
    allowed = context.settings.window
    window = Window(limit: allowed)
    backoff = Backoff(context.settings.reconnect)
  }

  /// How it stands with the connection.
  enum State {
    /// No connection until then.
    case pausing(until: ContinuousClock.Instant)
    /// A thread waits for DNS and TCP.
    case connecting(Connector, broker: Int, deadline: ContinuousClock.Instant)
    /// CONNECT is under way.
    case greeting(MosquittoClient, broker: Int, deadline: ContinuousClock.Instant)
    /// Messages flow.
    case connected(MosquittoClient, broker: Int, since: ContinuousClock.Instant)
    /// Messages flow no more: DISCONNECT is under way, once the offline status is acknowledged.
    case leaving(MosquittoClient)
    /// Gone for good.
    case ended
  }

  /// The client that has a socket to wait on.
  var client: MosquittoClient? {
    switch state {
    case .greeting(let client, _, _), .connected(let client, _, _), .leaving(let client): client
    case .pausing, .connecting, .ended: nil
    }
  }

  /// When ``advance(_:)`` must be called again at the latest.
  var deadline: ContinuousClock.Instant? {
    switch state {
    case .pausing(let until): until
    case .connecting(_, _, let deadline), .greeting(_, _, let deadline): deadline
    case .connected, .leaving, .ended: nil
    }
  }

  var isConnected: Bool { if case .connected = state { true } else { false } }
  var hasEnded: Bool { if case .ended = state { true } else { false } }
  /// Whether nothing waits and nothing is under way.
  var isIdle: Bool { queue.isEmpty && window.count == 0 }
}
