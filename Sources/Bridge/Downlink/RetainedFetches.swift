import DequeModule
import Model

/// What asks for retained messages, each with an identifier of its own: the broker sends them with every SUBSCRIBE, and they
/// are told from what is published meanwhile by their retain flag. It knows neither connection nor thread.
struct RetainedFetches {
  /// Somebody who wants the retained messages of a filter once.
  struct Fetch: Sendable {
    let filter: TopicFilter
    let qos: QualityOfService
    let receive: @Sendable (Message) -> Void
  }

  /// How many may wait for a connection; then the oldest is given up.
  private static let mostWaiting = 100_000
  /// How many may be open; more wait.
  private static let mostOpen = 10_000
  /// How long after its SUBSCRIBE a filter is given up, and how long messages may still come afterwards.
  private static let (patience, memory) = (Duration.seconds(2), Duration.seconds(15))

  private struct Open {
    let fetch: Fetch
    var isSubscribed = true
    let since: ContinuousClock.Instant
  }

  private var waiting: Deque<Fetch> = []
  private var open: [Int: Open] = [:]
  /// Which fetch has subscribed to a filter last.
  private var latest: [TopicFilter: Int] = [:]
  /// Those of ``open``, the oldest first.
  private var order: Deque<Int> = []
  private var nextIdentifier = 1

  /// Somebody asks.
  mutating func add(_ fetch: Fetch) {
    if waiting.count >= Self.mostWaiting { waiting.removeFirst() }
    waiting.append(fetch)
  }

  /// The next one to subscribe for, with its identifier.
  mutating func next(_ now: ContinuousClock.Instant) -> (fetch: Fetch, identifier: Int)? {
    guard open.count < Self.mostOpen, let fetch = waiting.popFirst() else { return nil }
    let identifier = nextIdentifier
    nextIdentifier = identifier >= 268_435_455 ? 1 : identifier + 1
    open[identifier] = Open(fetch: fetch, since: now)
    order.append(identifier)
    latest[fetch.filter] = identifier
    return (fetch, identifier)
  }

  /// Who has asked for this message, if it is a retained one.
  func receivers(of message: Message, _ identifiers: [Int]) -> [@Sendable (Message) -> Void] {
    guard message.retain else { return [] }
    guard identifiers.isEmpty else { return identifiers.compactMap { open[$0]?.fetch.receive } }
    // MQTT 3.1.1 does not say whose it is: whoever asks for it now.
    return open.values.filter { fetch in
      fetch.isSubscribed && fetch.fetch.filter.matches(message.topic)
    }.map(\.fetch.receive)
  }

  /// The filters whose time is over.
  mutating func expired(_ now: ContinuousClock.Instant) -> [TopicFilter] {
    var filters: [TopicFilter] = []
    for identifier in order {
      guard let entry = open[identifier], entry.since + Self.patience <= now else { break }
      guard entry.isSubscribed else { continue }
      open[identifier]?.isSubscribed = false
      // A later fetch of the same filter has taken the subscription over.
      guard latest[entry.fetch.filter] == identifier else { continue }
      latest[entry.fetch.filter] = nil
      filters.append(entry.fetch.filter)
    }
    while let first = order.first, let entry = open[first], entry.since + Self.memory <= now {
      open[first] = nil
      order.removeFirst()
    }
    return filters
  }

  /// Whether anything has to be looked after.
  var isIdle: Bool { waiting.isEmpty && order.isEmpty }

  /// The connection is gone, and with it what was under way: it is asked for again.
  mutating func disconnected() {
    for identifier in order.reversed() {
      if let entry = open[identifier], entry.isSubscribed { waiting.prepend(entry.fetch) }
    }
    (open, latest, order) = ([:], [:], [])
  }
}
