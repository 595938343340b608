import Platform
import Testing

@testable import Gateway

/// Which files are looked at, and when.
@Suite struct PendingFilesTests {
  private let start = ContinuousClock.now
  private var pending = PendingFiles()

  private mutating func take(
    links: Set<String> = [], after time: Duration = .zero, empty: Set<String> = []
  ) -> Set<String> {
    pending.take(links: links, now: start + time, isEmpty: empty.contains)
  }

  @Test mutating func `a file that is whole is looked at, once`() {
    pending.add([.written("a.yaml"), .gone("b.psk"), .written("README"), .written(".tmp-1")], now: start)
    #expect(take() == ["a.yaml", "b.psk"])
    #expect(pending.isEmpty && take() == [])
  }

  @Test mutating func `a file that is being written is left alone until it is closed`() {
    pending.add([.appeared("a.yaml"), .growing("a.yaml"), .appeared("a.yaml")], now: start)
    #expect(take() == [])
    pending.add([.written("a.yaml")], now: start)
    #expect(take() == ["a.yaml"])
  }

  @Test mutating func `a file that has no bytes yet is left alone until it is closed`() {
    pending.add([.appeared("a.yaml"), .appeared("b.yaml")], now: start)
    #expect(take(empty: ["a.yaml"]) == ["b.yaml"])
    pending.add([.written("a.yaml")], now: start)
    // Empty for good.
    #expect(take(empty: ["a.yaml"]) == ["a.yaml"])
  }

  @Test mutating func `a file that is never closed is looked at all the same`() throws {
    pending.add([.growing("a.yaml")], now: start)
    let deadline = try #require(pending.nextDeadline)
    #expect(take(after: deadline - start - .milliseconds(1)) == [])
    #expect(take(after: deadline - start) == ["a.yaml"])
  }

  @Test mutating func `links are looked at whatever happens in the directory`() {
    pending.add([.written("..data")], now: start)
    #expect(!pending.isEmpty)
    #expect(take(links: ["a.yaml"]) == ["a.yaml"])
    #expect(take(links: ["a.yaml"]) == [])
  }

  @Test mutating func `after events were lost everything is looked at, and nobody is taken for a writer`() {
    pending.add([.growing("a.yaml"), .lost], now: start)
    #expect(pending.nextDeadline == nil)
    #expect(pending.takeEverything() && !pending.takeEverything())
    #expect(pending.isEmpty)
  }

  @Test mutating func `a directory with other permissions is looked at, one that moved opened anew`() {
    pending.add([.attributes], now: start)
    #expect(pending.takeEverything() && !pending.takeMove())
    pending.add([.moved], now: start)
    #expect(pending.takeMove() && !pending.takeMove())
  }
}
