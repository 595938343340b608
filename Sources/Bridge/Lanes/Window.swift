/// The messages of one connection that the broker has not acknowledged, by packet identifier.
struct Window {
  /// The most that may be under way at once.
  var limit: Int
  private var entries: [UInt16: Entry] = [:]
  private var sequence: UInt64 = 0

  init(limit: Int) { self.limit = limit }

  /// How many are under way.
  var count: Int { entries.count }
  /// Whether another may follow.
  var hasRoom: Bool { entries.count < limit }

  /// Notes that `content` has been sent as packet `id`.
  mutating func add(_ content: Content, as id: UInt16) {
    entries[id] = Entry(sequence: sequence, content: content)
    sequence += 1
  }

  /// Ends the wait for packet `id`; `nil` if none was sent under it.
  mutating func remove(_ id: UInt16) -> Content? { entries.removeValue(forKey: id)?.content }

  /// Gives up the connection: the messages to send again on the next, in the order in which they were sent.
  mutating func removeAll() -> [Submission] {
    let unacknowledged = entries.values.sorted { $0.sequence < $1.sequence }
    entries.removeAll(keepingCapacity: true)
    return unacknowledged.compactMap { entry in
      if case .submission(let submission) = entry.content { submission } else { nil }
    }
  }

  /// What is under way.
  enum Content {
    case submission(Submission)
    /// The gateway's own status, which each connection says anew.
    case status
  }

  private struct Entry {
    let sequence: UInt64
    let content: Content
  }
}
