import Model
import NIOConcurrencyHelpers
import Testing

@testable import Bridge

/// Who gets which retained messages.
@Suite struct RetainedFetchesTests {
  /// What has been received, by the name of who asked.
  private final class Inbox: Sendable {
    private let list = NIOLockedValueBox<[String]>([])

    var all: [String] { list.withLockedValue { $0 } }

    func fetch(_ filter: TopicFilter, _ name: String, _ qos: QualityOfService = .atLeastOnce) -> RetainedFetches.Fetch {
      RetainedFetches.Fetch(filter: filter, qos: qos) { message in
        self.list.withLockedValue { $0.append("\(name) \(message.topic)") }
      }
    }
  }

  private let start = ContinuousClock.now

  private func message(_ name: String = "a", retain: Bool = true) throws -> Message {
    Message(topic: try Topic(name), payload: [], retain: retain)
  }

  /// Subscribes for all who wait; returns the filters with their identifiers.
  private func subscribe(
    _ fetches: inout RetainedFetches, _ now: ContinuousClock.Instant? = nil
  ) -> [(filter: TopicFilter, identifier: Int)] {
    var all: [(TopicFilter, Int)] = []
    while let (fetch, identifier) = fetches.next(now ?? start) { all.append((fetch.filter, identifier)) }
    return all
  }

  @Test func `each fetch has its turn, with an identifier of its own`() {
    var fetches = RetainedFetches()
    let inbox = Inbox()
    #expect(fetches.isIdle)
    for (filter, name): (TopicFilter, String) in [("a", "1"), ("b", "2"), ("a", "3")] {
      fetches.add(inbox.fetch(filter, name))
    }
    let all = subscribe(&fetches)
    #expect(all.map(\.filter) == ["a", "b", "a"])
    #expect(all.map(\.identifier) == [1, 2, 3])
    #expect(!fetches.isIdle)
  }

  @Test func `a retained message goes to who has asked for it`() throws {
    var fetches = RetainedFetches()
    let inbox = Inbox()
    fetches.add(inbox.fetch("a", "1"))
    fetches.add(inbox.fetch("a", "2"))
    _ = subscribe(&fetches)
    for identifiers in [[2], [1, 2], [9]] {
      for receive in fetches.receivers(of: try message(), identifiers) { receive(try message()) }
    }
    #expect(inbox.all == ["2 a", "1 a", "2 a"])
  }

  @Test func `a broker of 3.1.1 does not say whose a retained message is, so it goes to all who ask for its topic`()
    throws
  {
    var fetches = RetainedFetches()
    let inbox = Inbox()
    for filter: TopicFilter in ["a", "b", "+"] { fetches.add(inbox.fetch(filter, filter.pattern)) }
    _ = subscribe(&fetches)
    for receive in fetches.receivers(of: try message(), []) { receive(try message()) }
    #expect(inbox.all.sorted() == ["+ a", "a a"])
  }

  @Test func `what is published meanwhile is not what was asked for`() throws {
    var fetches = RetainedFetches()
    fetches.add(Inbox().fetch("a", "1"))
    _ = subscribe(&fetches)
    #expect(try fetches.receivers(of: message(retain: false), [1]).isEmpty)
  }

  @Test func `a filter is given up after a while, and messages may still come for some time`() throws {
    var fetches = RetainedFetches()
    fetches.add(Inbox().fetch("a", "1"))
    _ = subscribe(&fetches)
    #expect(fetches.expired(start + .milliseconds(1_999)) == [])
    #expect(fetches.expired(start + .seconds(2)) == ["a"])
    #expect(fetches.expired(start + .seconds(3)) == [])
    #expect(try fetches.receivers(of: message(), [1]).count == 1)
    _ = fetches.expired(start + .seconds(60))
    #expect(try fetches.receivers(of: message(), [1]).isEmpty)
    #expect(fetches.isIdle)
  }

  @Test func `a later fetch of the same filter takes the subscription over`() throws {
    var fetches = RetainedFetches()
    let inbox = Inbox()
    fetches.add(inbox.fetch("a", "1"))
    _ = subscribe(&fetches)
    fetches.add(inbox.fetch("a", "2"))
    _ = subscribe(&fetches, start + .seconds(1))
    #expect(fetches.expired(start + .seconds(2)) == [])
    #expect(try fetches.receivers(of: message(), [1]).count == 1)
    #expect(fetches.expired(start + .seconds(3)) == ["a"])
  }

  @Test func `several filters are given up in their order`() {
    var fetches = RetainedFetches()
    let inbox = Inbox()
    for filter: TopicFilter in ["a", "b", "c"] { fetches.add(inbox.fetch(filter, filter.pattern)) }
    _ = subscribe(&fetches)
    fetches.add(inbox.fetch("d", "d"))
    _ = subscribe(&fetches, start + .seconds(1))
    #expect(fetches.expired(start + .seconds(2)) == ["a", "b", "c"])
    #expect(fetches.expired(start + .seconds(3)) == ["d"])
  }

  @Test func `what was under way when the connection went is asked for again, before what waits`() throws {
    var fetches = RetainedFetches()
    let inbox = Inbox()
    for filter: TopicFilter in ["a", "b", "c"] { fetches.add(inbox.fetch(filter, filter.pattern)) }
    _ = subscribe(&fetches)
    fetches.add(inbox.fetch("d", "d"))
    fetches.disconnected()
    #expect(try fetches.receivers(of: message(), [1]).isEmpty, "its identifier ended with the connection")
    let again = subscribe(&fetches)
    #expect(again.map(\.filter) == ["a", "b", "c", "d"])
    #expect(again.map(\.identifier) == [4, 5, 6, 7])
  }

  @Test func `what had its time is not asked for again`() {
    var fetches = RetainedFetches()
    fetches.add(Inbox().fetch("a", "1"))
    _ = subscribe(&fetches)
    _ = fetches.expired(start + .seconds(2))
    fetches.disconnected()
    #expect(fetches.isIdle)
  }

  @Test func `the oldest are given up where too many wait`() {
    var fetches = RetainedFetches()
    let inbox = Inbox()
    for number in 1...100_002 { fetches.add(inbox.fetch(TopicFilter(stringLiteral: "\(number)"), "")) }
    #expect(fetches.next(start)?.fetch.filter == "3")
  }
}
