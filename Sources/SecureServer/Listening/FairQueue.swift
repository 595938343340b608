import DequeModule

/// Who waits for a handshake slot: in order of arrival, the addresses taking turns.
struct FairQueue<Element: Sendable>: Sendable {
  private struct Entry: Sendable {
    let id: UInt64
    let element: Element
  }

  private var turns: Deque<PeerKey> = []
  private var queues: [PeerKey: Deque<Entry>] = [:]
  /// Those who still wait; entries of the others are passed over.
  private var waiting: Set<UInt64> = []
  private var entryCount = 0

  var isEmpty: Bool { waiting.isEmpty }
  var count: Int { waiting.count }

  mutating func append(_ element: Element, id: UInt64, from key: PeerKey) {
    waiting.insert(id)
    entryCount += 1
    if queues[key] == nil { turns.append(key) }
    queues[key, default: []].append(Entry(id: id, element: element))
  }

  /// Takes the next one, and sends its address to the end of the line.
  mutating func popFirst() -> (element: Element, id: UInt64)? {
    while let key = turns.popFirst() {
      guard let entry = queues[key]?.popFirst() else {
        queues[key] = nil
        continue
      }
      entryCount -= 1
      if queues[key]?.isEmpty == true { queues[key] = nil } else { turns.append(key) }
      if waiting.remove(entry.id) != nil { return (entry.element, entry.id) }
    }
    return nil
  }

  /// Forgets one that no longer waits.
  mutating func remove(id: UInt64) {
    guard waiting.remove(id) != nil, entryCount > 2 * waiting.count + 64 else { return }
    for key in turns {
      queues[key]?.removeAll { !waiting.contains($0.id) }
      if queues[key]?.isEmpty == true { queues[key] = nil }
    }
    turns.removeAll { queues[$0] == nil }
    entryCount = waiting.count
  }
}
