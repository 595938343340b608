import Model
import Testing

@testable import Routing

/// Refused handshakes on the broker.
struct RejectionTests {
  private static let address = "192.0.2.7"

  @Test(arguments: [
    (
      Array("meter".utf8),
      #"{"address":"192.0.2.7","count":3,"identity":"meter","identity_hex":"6d65746572","reason":"r"}"#
    ),
    ([0xFF, 0x0A], #"{"address":"192.0.2.7","count":3,"identity_hex":"ff0a","reason":"r"}"#),
    ([], #"{"address":"192.0.2.7","count":3,"identity":"","identity_hex":"","reason":"r"}"#),
  ])
  func `a rejection shows the identity as text only if it is UTF-8`(identity: [UInt8], text: String) throws {
    let message = try Rejection(identity: identity, address: Self.address, reason: "r", count: 3).message(in: .make())
    #expect(message.text == text)
    #expect(message.topic.name == "gateways/node-1/rejected")
    #expect(message.qos == .atMostOnce)
    #expect(!message.retain)
  }

  @Test func `the first of a kind is published at once, the next ones once a second with their number`() {
    var limiter = RejectionLimiter()
    let start = ContinuousClock.now
    #expect(limiter.record(identity: [1], address: "a", reason: "r", now: start)?.count == 1)
    for _ in 0..<5 { #expect(limiter.record(identity: [1], address: "a", reason: "r", now: start) == nil) }
    #expect(limiter.flush(now: start + .milliseconds(999)) == [])
    #expect(
      limiter.flush(now: start + .seconds(1)) == [Rejection(identity: [1], address: "a", reason: "r", count: 5)])
    #expect(limiter.record(identity: [1], address: "a", reason: "r", now: start + .seconds(1)) == nil)
    #expect(limiter.flush(now: start + .milliseconds(1_999)) == [])
    #expect(limiter.flush(now: start + .seconds(2)).map(\.count) == [1])
    #expect(limiter.flush(now: start + .seconds(3)) == [])
    #expect(limiter.record(identity: [1], address: "a", reason: "r", now: start + .seconds(3))?.count == 1)
  }

  @Test func `another identity, address or reason is another kind`() {
    var limiter = RejectionLimiter()
    let start = ContinuousClock.now
    for (identity, address, reason) in [([1], "a", "r"), ([2], "a", "r"), ([1], "b", "r"), ([1], "a", "s")] {
      #expect(limiter.record(identity: identity.map(UInt8.init), address: address, reason: reason, now: start) != nil)
    }
  }

  @Test func `too many kinds are one event for each reason, until there is room again`() {
    var limiter = RejectionLimiter(maximumKinds: 3)
    let start = ContinuousClock.now
    let events = (UInt8(0)..<10).compactMap {
      limiter.record(identity: [$0], address: "a", reason: "r", now: start)
    }
    #expect(events.count == 3)
    #expect(
      limiter.flush(now: start + .seconds(1)) == [Rejection(identity: [], address: "", reason: "r", count: 7)])
    #expect(limiter.flush(now: start + .seconds(1)) == [])
    #expect(limiter.record(identity: [9], address: "a", reason: "r", now: start + .seconds(1)) != nil)
  }

  @Test func `never more than one event of a kind a second, and every rejection is in one`() {
    var limiter = RejectionLimiter()
    let start = ContinuousClock.now
    var published: [(at: Int, count: Int)] = []
    for millisecond in 0..<5_000 {
      let now = start + .milliseconds(millisecond)
      let event = limiter.record(identity: [1], address: "a", reason: "r", now: now)
      let events = (event.map { [$0] } ?? []) + (millisecond.isMultiple(of: 130) ? limiter.flush(now: now) : [])
      published += events.map { (millisecond, $0.count) }
    }
    published += limiter.flush(now: start + .seconds(60)).map { (60_000, $0.count) }
    #expect(zip(published, published.dropFirst()).allSatisfy { $1.at - $0.at >= 1_000 })
    #expect(published.map(\.count).reduce(0, +) == 5_000)
  }

  @Test func `an identity longer than any that can be configured is cut`() {
    var limiter = RejectionLimiter()
    let event = limiter.record(
      identity: Array(repeating: 1, count: 60_000), address: "a", reason: "r", now: .now)
    #expect(event?.identity.count == 256)
  }
}
