import Testing

@testable import SecureServer

/// Who is next for a handshake slot.
@Suite struct FairQueueTests {
  private var queue = FairQueue<String>()

  @Test mutating func `one address is served in order of arrival`() {
    for id in 1...3 { queue.append("a\(id)", id: UInt64(id), from: .address(.v4(1))) }
    #expect(all() == ["a1", "a2", "a3"])
  }

  @Test mutating func `addresses take turns, however many wait from one`() {
    for id in 1...100 { queue.append("a\(id)", id: UInt64(id), from: .address(.v4(1))) }
    queue.append("b1", id: 101, from: .address(.v4(2)))
    queue.append("c1", id: 102, from: .address(.v6(high: 0, low: 3)))
    #expect(Array(all().prefix(5)) == ["a1", "b1", "c1", "a2", "a3"])
  }

  @Test mutating func `who has gone is passed over`() {
    for id in 1...4 { queue.append("a\(id)", id: UInt64(id), from: .address(.v4(1))) }
    queue.remove(id: 1)
    queue.remove(id: 3)
    queue.remove(id: 3)
    #expect(queue.count == 2)
    #expect(all() == ["a2", "a4"])
    #expect(queue.isEmpty)
  }

  @Test mutating func `many who come and go leave nothing behind`() {
    for id in 0..<10_000 as Range<UInt64> {
      queue.append("x", id: id, from: .address(.v4(UInt32(id % 7))))
      queue.remove(id: id)
    }
    queue.append("last", id: 10_000, from: .local)
    #expect(all() == ["last"])
  }

  private mutating func all() -> [String] {
    var elements: [String] = []
    while let next = queue.popFirst() { elements.append(next.element) }
    return elements
  }
}
