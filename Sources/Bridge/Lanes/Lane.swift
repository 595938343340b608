import DequeModule
import Model

/// One connection to the broker and the messages that take it, in order; it belongs to the bridge's thread.
///
/// A message is in one place at a time. It is *live* until it is handed to libmosquitto, whose window it is in until the
/// broker answers. Where that takes too long, it is in the *backlog*, on disk. libmosquitto's own queue, which knows no
/// bound, stays empty.
final class Lane {
  let index: Int
  let context: LaneContext
  var state = State.pausing(since: .now, until: .now)
  /// What waits in memory for the connection or for room in the window.
  var live: Deque<UplinkMessage> = []
  var liveLoad = OutboxLoad()
  /// How many of the messages in ``live`` are QoS 0.
  var liveAtMostOnce = 0
  /// What is on disk, or on its way there.
  var backlog: Backlog
  /// Whether the disk has failed, and is let alone until the next tick.
  var isDiskLeftAlone = false
  /// Whether the next message comes from the backlog, where both have one.
  var isBacklogsTurn = false
  /// What is under way.
  var window: Window
  /// Whose window that is: libmosquitto sends it again when it is connected to the same broker once more.
  var windowOwner: WindowOwner?
  /// How often the broker has brought up a session of an earlier run.
  var foundSessions = 0
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

  init(_ index: Int, _ context: LaneContext, backlog: Backlog) {
    self.index = index
    self.context = context
    self.backlog = backlog
    allowed = context.settings.window
    window = Window(limit: allowed)
    backoff = Backoff(context.settings.reconnect)
  }

  /// How it stands with the connection.
  enum State {
    /// No connection until then.
    case pausing(since: ContinuousClock.Instant, until: ContinuousClock.Instant)
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

  /// A client that has messages under way, and the broker that they are under way to.
  struct WindowOwner {
    let client: MosquittoClient
    let broker: Int
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
    case .pausing(_, let until): until
    case .connecting(_, _, let deadline), .greeting(_, _, let deadline): deadline
    case .connected, .leaving, .ended: nil
    }
  }

  var isConnected: Bool { if case .connected = state { true } else { false } }
  var hasEnded: Bool { if case .ended = state { true } else { false } }
  /// Whether nothing is left that only the memory has.
  var isIdle: Bool { live.isEmpty && backlog.isStored && (isConnected ? window.count == 0 : !window.hasUnspooled) }
}
