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

  /// Ends the wait for the message of this place in the order of arrival.
  mutating func remove(_ sequence: Int64) {
    let id = entries.first {
      if case .message(let message) = $0.value.content { message.sequence == sequence } else { false }
    }
    if let id { entries[id.key] = nil }
  }

  /// Gives up the connection: the messages to send again on the next, in the order in which they were sent.
  mutating func removeAll() -> [UplinkMessage] {
    defer { entries.removeAll(keepingCapacity: true) }
    return messages
  }

  /// The messages that are under way, in the order in which they were sent.
  var messages: [UplinkMessage] {
    entries.values.sorted { $0.sequence < $1.sequence }.compactMap { entry in
      if case .message(let message) = entry.content { message } else { nil }
    }
  }

  /// Whether the memory alone has some of them.
  var hasUnspooled: Bool {
    entries.values.contains { if case .message(let message) = $0.content { !message.isSpooled } else { false } }
  }

  /// The places of the messages that are under way in the order of arrival.
  var sequences: Set<Int64> { Set(messages.map(\.sequence)) }

  /// Marks the messages that are on no disk and came before `time`, and returns them: copies of them are to be stored.
  mutating func uncopied(before time: ContinuousClock.Instant) -> [UplinkMessage] {
    var uncopied: [UplinkMessage] = []
    for (id, entry) in entries {
      guard !entry.isCopied, case .message(var message) = entry.content, !message.isSpooled, message.arrived < time
      else { continue }
      message.mayBeOnDisk = true
      entries[id] = Entry(sequence: entry.sequence, content: .message(message), isCopied: true)
      uncopied.append(message)
    }
    return uncopied.sorted { $0.sequence < $1.sequence }
  }

  /// Marks those of `sequences` that are under way as spooled, and returns them as they were.
  mutating func spooled(_ sequences: Set<Int64>) -> [UplinkMessage] {
    var marked: [UplinkMessage] = []
    for (id, entry) in entries {
      guard case .message(var message) = entry.content, sequences.contains(message.sequence) else { continue }
      marked.append(message)
      message.isSpooled = true
      entries[id]?.content = .message(message)
    }
    return marked.sorted { $0.sequence < $1.sequence }
  }

  /// What is under way.
  enum Content {
    case message(UplinkMessage)
    /// The gateway's own status, which each connection says anew.
    case status
  }

  private struct Entry {
    let sequence: UInt64
    var content: Content
    /// Whether a copy of it is to be stored, or was.
    var isCopied = false
  }
}
