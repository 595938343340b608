/// The PUBLISHes that wait for their PUBACK, in the order that they came.
///
/// Outcomes come in any order; PUBACKs go out in the order of the PUBLISHes [MQTT-4.6.0-2].
struct AcknowledgementQueue: Sendable {
  private struct Entry {
    var packetID: UInt16
    var isSettled = false
  }

  private var entries: [Entry] = []
  /// The token of the first entry.
  private var first: UInt64 = 0

  /// How many PUBLISHes wait, settled ones behind an unsettled one among them.
  var count: Int { entries.count }

  /// How many could wait without more room.
  var capacity: Int { entries.capacity }

  /// Whether a PUBLISH of this identifier waits.
  func contains(_ packetID: UInt16) -> Bool { entries.contains { $0.packetID == packetID } }

  /// A PUBLISH has come.
  mutating func append(_ packetID: UInt16) -> PublishToken {
    entries.append(Entry(packetID: packetID))
    return PublishToken(sequence: first + UInt64(entries.count - 1))
  }

  /// The PUBLISH of `token` is settled: takes out and returns the identifiers that can be acknowledged now.
  mutating func settle(_ token: PublishToken) -> [UInt16] {
    guard token.sequence >= first, token.sequence - first < entries.count else { return [] }
    entries[Int(token.sequence - first)].isSettled = true
    let ready = entries.prefix { $0.isSettled }.map(\.packetID)
    first += UInt64(ready.count)
    // A burst's storage goes with the burst; a small one is kept, since the next PUBLISH needs it.
    if ready.count == entries.count, entries.capacity > Self.keptCapacity {
      entries = []
    } else {
      entries.removeFirst(ready.count)
    }
    return ready
  }

  private static let keptCapacity = 16
}
