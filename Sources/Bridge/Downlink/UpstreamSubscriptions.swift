import Model

/// What the gateway has subscribed to at the broker, on behalf of all who want to hear it: one subscription a filter, each
/// with an identifier of its own. It knows neither connection nor thread.
struct UpstreamSubscriptions {
  typealias Completion = @Sendable (Bool) -> Void

  /// What is to be said to the broker.
  enum Step: Equatable {
    case subscribe(SubscriptionFilter, QualityOfService, identifier: Int)
    case unsubscribe(SubscriptionFilter)
  }

  private struct Entry {
    let identifier: Int
    /// How many want it, by QoS.
    var users = [0, 0, 0]
    /// What the broker was asked for over this connection, or an earlier one of the same session.
    var asked: QualityOfService?
    /// Whether the broker has granted it: only then its messages bear the identifier.
    var isConfirmed = false
    /// How many SUBSCRIBEs of it are not answered.
    var openRequests = 0
    /// Who waits for the broker's answer.
    var waiting: [Completion] = []

    var wanted: QualityOfService? { users.lastIndex { $0 > 0 }.flatMap { QualityOfService(rawValue: UInt8($0)) } }
  }

  private var entries: [SubscriptionFilter: Entry] = [:]
  /// The filters that the broker is to be told something about, in order, and perhaps some more.
  private var changed: [SubscriptionFilter] = []
  /// The SUBSCRIBEs that are not answered, by packet identifier.
  private var unanswered: [UInt16: SubscriptionFilter] = [:]
  /// The identifiers that the broker may not know yet.
  private(set) var unconfirmed: Set<Int> = []
  private var nextIdentifier: Int
  private var isConnected = false

  /// Begins with what an earlier run has subscribed to: it keeps its identifiers, which messages may bear that wait at the
  /// broker. What nobody wants any more is given up with the first connection.
  init(known: [String: Int] = [:]) {
    for (text, identifier) in known {
      guard let filter = try? SubscriptionFilter(text) else { continue }
      entries[filter] = Entry(identifier: identifier)
      unconfirmed.insert(identifier)
    }
    nextIdentifier = (known.values.max() ?? 0) + 1
  }

  /// How many filters.
  var count: Int { entries.count }

  /// Somebody wants `filter`. `completion` hears whether the broker lets us have it; while it is away, it is taken for
  /// granted.
  ///
  /// - Returns: its identifier, and whether it is new.
  mutating func add(
    _ filter: SubscriptionFilter, _ qos: QualityOfService, _ completion: Completion?
  ) -> (identifier: Int, isNew: Bool, answer: Completion?) {
    let isNew = entries[filter] == nil
    var entry = entries[filter] ?? Entry(identifier: takeIdentifier())
    entry.users[Int(qos.rawValue)] += 1
    if isNew { unconfirmed.insert(entry.identifier) }
    let isAsked = entry.asked.map { $0 >= qos } ?? false
    let isAnswered = isAsked && entry.isConfirmed && entry.openRequests == 0
    if !isAnswered, isConnected, let completion { entry.waiting.append(completion) }
    entries[filter] = entry
    if !isAsked { changed.append(filter) }
    return (entry.identifier, isNew, isAnswered || !isConnected ? completion : nil)
  }

  /// Somebody who wanted `filter` at `qos` does not any more.
  mutating func remove(_ filter: SubscriptionFilter, _ qos: QualityOfService) {
    guard var entry = entries[filter], entry.users[Int(qos.rawValue)] > 0 else { return }
    entry.users[Int(qos.rawValue)] -= 1
    entries[filter] = entry
    if entry.wanted == nil { changed.append(filter) }
  }

  /// What to tell the broker now; what is given up is forgotten. At most `limit` steps, the rest later.
  mutating func steps(limit: Int) -> [Step] {
    guard isConnected, !changed.isEmpty else { return [] }
    var steps: [Step] = []
    var looked = 0
    for filter in changed.prefix(limit) {
      looked += 1
      guard var entry = entries[filter] else { continue }
      if let wanted = entry.wanted {
        guard entry.asked.map({ $0 < wanted }) ?? true else { continue }
        entry.asked = wanted
        entries[filter] = entry
        steps.append(.subscribe(filter, wanted, identifier: entry.identifier))
      } else {
        entries[filter] = nil
        unconfirmed.remove(entry.identifier)
        steps.append(.unsubscribe(filter))
      }
    }
    changed.removeFirst(looked)
    return steps
  }

  /// A SUBSCRIBE has been sent.
  mutating func sent(_ filter: SubscriptionFilter, as packetID: UInt16) {
    unanswered[packetID] = filter
    entries[filter]?.openRequests += 1
  }

  /// It cannot be sent at all. Returns who waited for it.
  mutating func unsendable(_ filter: SubscriptionFilter) -> [Completion] {
    defer { entries[filter]?.waiting = [] }
    entries[filter]?.asked = nil
    return entries[filter]?.waiting ?? []
  }

  /// A SUBSCRIBE could not be sent: the next connection asks for the filter, whatever the broker has kept.
  mutating func unsent(_ filter: SubscriptionFilter) { entries[filter]?.asked = nil }

  /// A SUBACK has come. Returns who waited for it.
  mutating func answered(_ packetID: UInt16, isRefused: Bool) -> [Completion] {
    guard let filter = unanswered.removeValue(forKey: packetID), var entry = entries[filter] else { return [] }
    defer { entries[filter] = entry }
    entry.openRequests -= 1
    guard entry.openRequests == 0 else { return [] }
    confirm(!isRefused, &entry)
    if isRefused { entry.asked = nil }
    defer { entry.waiting = [] }
    return entry.waiting
  }

  private mutating func confirm(_ isConfirmed: Bool, _ entry: inout Entry) {
    entry.isConfirmed = isConfirmed
    if isConfirmed { unconfirmed.remove(entry.identifier) } else { unconfirmed.insert(entry.identifier) }
  }

  /// A connection begins; where the broker has kept nothing, everything is asked for again.
  mutating func connected(isSessionPresent: Bool) {
    isConnected = true
    for (filter, var entry) in entries {
      if !isSessionPresent {
        entry.asked = nil
        confirm(false, &entry)
        entries[filter] = entry
      }
      changed.append(filter)
    }
  }

  /// It has ended. Returns who waited: what they want will be asked for with the next one.
  mutating func disconnected() -> [Completion] {
    isConnected = false
    for filter in unanswered.values {
      entries[filter]?.asked = nil
      entries[filter]?.openRequests = 0
    }
    unanswered = [:]
    var completions: [Completion] = []
    for (filter, entry) in entries where !entry.waiting.isEmpty {
      completions += entry.waiting
      entries[filter]?.waiting = []
    }
    return completions
  }

  /// Identifiers end at 268,435,455 (MQTT 5 §3.8.2.1.2); by then the first are long free again.
  private mutating func takeIdentifier() -> Int {
    defer { nextIdentifier = nextIdentifier >= 268_435_455 ? 1 : nextIdentifier + 1 }
    return nextIdentifier
  }
}
