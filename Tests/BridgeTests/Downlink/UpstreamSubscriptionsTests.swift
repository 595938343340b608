import Model
import NIOConcurrencyHelpers
import Testing

@testable import Bridge

/// What the broker is asked for, on behalf of all who want to hear it.
@Suite struct UpstreamSubscriptionsTests {
  /// What completions have said.
  private final class Answers: Sendable {
    private let list = NIOLockedValueBox<[Bool]>([])

    var all: [Bool] { list.withLockedValue { $0 } }
    var completion: UpstreamSubscriptions.Completion { { answer in self.list.withLockedValue { $0.append(answer) } } }
  }

  /// Nobody has subscribed to anything, and the broker is there.
  private func connected() -> UpstreamSubscriptions {
    var subscriptions = UpstreamSubscriptions()
    subscriptions.connected(isSessionPresent: false)
    return subscriptions
  }

  /// Takes all steps, and notes that they were sent, from packet `first` on.
  private func send(_ subscriptions: inout UpstreamSubscriptions, first: UInt16 = 1) -> [UpstreamSubscriptions.Step] {
    let steps = subscriptions.steps(limit: 100)
    for (offset, step) in steps.enumerated() {
      if case .subscribe(let filter, _, _) = step { subscriptions.sent(filter, as: first + UInt16(offset)) }
    }
    return steps
  }

  // MARK: Who wants what

  @Test func `asks once for a filter that many want`() {
    var subscriptions = connected()
    let first = subscriptions.add("a", .atLeastOnce, nil)
    let second = subscriptions.add("a", .atMostOnce, nil)
    #expect(first.isNew && !second.isNew)
    #expect(first.identifier == second.identifier)
    #expect(subscriptions.steps(limit: 100) == [.subscribe("a", .atLeastOnce, identifier: 1)])
    #expect(subscriptions.steps(limit: 100) == [])
    #expect(subscriptions.count == 1)
  }

  @Test func `gives each filter an identifier of its own`() {
    var subscriptions = connected()
    #expect(["a", "b", "a", "c"].map { subscriptions.add($0, .atMostOnce, nil).identifier } == [1, 2, 1, 3])
  }

  @Test func `asks again where somebody wants a higher QoS, and not for a lower one`() {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atMostOnce, nil)
    #expect(subscriptions.steps(limit: 100) == [.subscribe("a", .atMostOnce, identifier: 1)])
    _ = subscriptions.add("a", .exactlyOnce, nil)
    #expect(subscriptions.steps(limit: 100) == [.subscribe("a", .exactlyOnce, identifier: 1)])
    subscriptions.remove("a", .exactlyOnce)
    #expect(subscriptions.steps(limit: 100) == [])
    _ = subscriptions.add("a", .atLeastOnce, nil)
    #expect(subscriptions.steps(limit: 100) == [])
  }

  @Test func `gives a filter up with the last who wants it`() {
    var subscriptions = connected()
    for _ in 0..<2 { _ = subscriptions.add("a", .atMostOnce, nil) }
    _ = subscriptions.steps(limit: 100)
    subscriptions.remove("a", .atMostOnce)
    #expect(subscriptions.steps(limit: 100) == [])
    subscriptions.remove("a", .atMostOnce)
    #expect(subscriptions.steps(limit: 100) == [.unsubscribe("a")])
    #expect(subscriptions.count == 0)
    #expect(subscriptions.add("a", .atMostOnce, nil).identifier == 2)
  }

  @Test func `who comes back before it was given up changes nothing`() {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atMostOnce, nil)
    _ = subscriptions.steps(limit: 100)
    subscriptions.remove("a", .atMostOnce)
    #expect(subscriptions.add("a", .atMostOnce, nil).identifier == 1)
    #expect(subscriptions.steps(limit: 100) == [])
  }

  @Test func `what nobody has asked for cannot be removed`() {
    var subscriptions = connected()
    subscriptions.remove("a", .atMostOnce)
    _ = subscriptions.add("a", .atMostOnce, nil)
    subscriptions.remove("a", .exactlyOnce)
    #expect(subscriptions.steps(limit: 100) == [.subscribe("a", .atMostOnce, identifier: 1)])
  }

  @Test func `tells the broker no more at a time than it is asked to`() {
    var subscriptions = connected()
    for name: SubscriptionFilter in ["a", "b", "c"] { _ = subscriptions.add(name, .atMostOnce, nil) }
    #expect(subscriptions.steps(limit: 2).count == 2)
    #expect(subscriptions.steps(limit: 2) == [.subscribe("c", .atMostOnce, identifier: 3)])
  }

  // MARK: Answers

  @Test func `who asks hears the broker's answer`() {
    var subscriptions = connected()
    let answers = Answers()
    #expect(subscriptions.add("a", .atMostOnce, answers.completion).answer == nil)
    _ = send(&subscriptions)
    for completion in subscriptions.answered(1, isRefused: false) { completion(true) }
    #expect(answers.all == [true])
    #expect(subscriptions.answered(1, isRefused: false).isEmpty)
  }

  @Test func `who asks for what was granted need not wait`() {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atLeastOnce, nil)
    _ = send(&subscriptions)
    #expect(subscriptions.add("a", .atLeastOnce, { _ in }).answer == nil, "the answer is on its way")
    #expect(subscriptions.answered(1, isRefused: false).count == 1)
    #expect(subscriptions.add("a", .atMostOnce, { _ in }).answer != nil)
    #expect(subscriptions.add("a", .exactlyOnce, { _ in }).answer == nil)
  }

  @Test func `of two questions the last answer counts`() {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atMostOnce, { _ in })
    _ = send(&subscriptions, first: 1)
    _ = subscriptions.add("a", .atLeastOnce, { _ in })
    _ = send(&subscriptions, first: 2)
    #expect(subscriptions.answered(1, isRefused: false).isEmpty)
    #expect(subscriptions.answered(2, isRefused: false).count == 2)
  }

  @Test func `what was refused is asked for again when somebody wants it again`() {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atMostOnce, { _ in })
    _ = send(&subscriptions)
    #expect(subscriptions.answered(1, isRefused: true).count == 1)
    #expect(subscriptions.add("a", .atMostOnce, { _ in }).answer == nil)
    #expect(send(&subscriptions, first: 2) == [.subscribe("a", .atMostOnce, identifier: 1)])
  }

  // MARK: Connections

  @Test func `while the broker is away nothing is said, and everything is granted`() {
    var subscriptions = UpstreamSubscriptions()
    #expect(subscriptions.add("a", .atMostOnce, { _ in }).answer != nil)
    #expect(subscriptions.steps(limit: 100) == [])
    subscriptions.connected(isSessionPresent: false)
    #expect(subscriptions.steps(limit: 100) == [.subscribe("a", .atMostOnce, identifier: 1)])
  }

  @Test(arguments: [true, false])
  func `a broker that has kept nothing is asked again`(isSessionPresent: Bool) {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atMostOnce, nil)
    _ = send(&subscriptions)
    _ = subscriptions.answered(1, isRefused: false)
    #expect(subscriptions.disconnected().isEmpty)
    subscriptions.connected(isSessionPresent: isSessionPresent)
    #expect(subscriptions.steps(limit: 100).isEmpty == isSessionPresent)
  }

  @Test func `what had no answer is asked again, even of a broker that has kept something`() {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atMostOnce, { _ in })
    _ = send(&subscriptions)
    #expect(subscriptions.disconnected().count == 1)
    #expect(subscriptions.disconnected().isEmpty)
    subscriptions.connected(isSessionPresent: true)
    #expect(send(&subscriptions, first: 2) == [.subscribe("a", .atMostOnce, identifier: 1)])
    #expect(subscriptions.answered(1, isRefused: false).isEmpty)
  }

  @Test func `what could not be sent is asked for again too`() {
    var subscriptions = connected()
    _ = subscriptions.add("a", .atMostOnce, { _ in })
    #expect(subscriptions.steps(limit: 100).count == 1)
    subscriptions.unsent("a")
    #expect(subscriptions.disconnected().count == 1)
    subscriptions.connected(isSessionPresent: true)
    #expect(subscriptions.steps(limit: 100) == [.subscribe("a", .atMostOnce, identifier: 1)])
  }

  @Test func `an earlier run's identifiers are kept, and what nobody wants any more is given up`() {
    var subscriptions = UpstreamSubscriptions(known: ["a": 7, "b": 3])
    #expect(subscriptions.add("a", .atLeastOnce, nil).identifier == 7)
    #expect(!subscriptions.add("a", .atLeastOnce, nil).isNew)
    #expect(subscriptions.add("c", .atMostOnce, nil).identifier == 8)
    subscriptions.connected(isSessionPresent: true)
    let steps = subscriptions.steps(limit: 100)
    #expect(steps.count == 3)
    #expect(steps.contains(.subscribe("a", .atLeastOnce, identifier: 7)))
    #expect(steps.contains(.unsubscribe("b")))
    #expect(subscriptions.count == 2)
  }
}
