/// The PUBLISHes of a device that wait for PUBACK or PUBREC, in the order that they came.
///
/// Outcomes come in any order; the answers go out in the order of the PUBLISHes [MQTT-4.6.0-2] [MQTT-4.6.0-3].
struct AcknowledgementQueue: Sendable {
  /// What is to be answered.
  struct Answer: Equatable {
    var packetID: UInt16
    /// Whether the answer is a PUBREC.
    var isExactlyOnce: Bool
    var reason: ReasonCode
  }

  private struct Entry {
    var answer: Answer
    var isSettled = false
  }

  private var entries: [Entry] = []
  /// The token of the first entry.
  private var first: UInt64 = 0

  /// How many PUBLISHes wait, settled ones behind an unsettled one among them.
  var count: Int { entries.count }

  /// What is settled and waits behind others.
  var settledAnswers: [Answer] { entries.filter(\.isSettled).map(\.answer) }

  /// Whether one of QoS 2 waits for its outcome.
  var hasExactlyOnce: Bool { entries.contains { $0.answer.isExactlyOnce && !$0.isSettled } }

  /// How many could wait without more room.
  var capacity: Int { entries.capacity }

  /// Whether a PUBLISH of this identifier waits.
  func contains(_ packetID: UInt16) -> Bool { entries.contains { $0.answer.packetID == packetID } }

  /// A PUBLISH has come.
  mutating func append(_ packetID: UInt16, isExactlyOnce: Bool = false) -> PublishToken {
    entries.append(Entry(answer: Answer(packetID: packetID, isExactlyOnce: isExactlyOnce, reason: .success)))
    return PublishToken(sequence: first + UInt64(entries.count - 1))
  }

  /// The PUBLISH of `token` is settled: takes out and returns what can be answered now.
  mutating func settle(_ token: PublishToken, reason: ReasonCode = .success) -> [Answer] {
    guard token.sequence >= first, token.sequence - first < entries.count else { return [] }
    let place = Int(token.sequence - first)
    entries[place].isSettled = true
    entries[place].answer.reason = reason
    let ready = entries.prefix { $0.isSettled }.map(\.answer)
    first += UInt64(ready.count)
    // A burst's storage goes with the burst; a small one is kept, since the next PUBLISH needs it.
    if ready.count == entries.count, entries.capacity > Self.keptCapacity {
      entries = []
    } else {
      entries.removeFirst(ready.count)
    }
    return ready
  }

  /// The device has gone: nobody waits for an answer. Tokens of before are never known again.
  mutating func removeAll() {
    first += UInt64(entries.count)
    entries = []
  }

  private static let keptCapacity = 16
}
