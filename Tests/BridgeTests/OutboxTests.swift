import Model
import TestSupport
import Testing

@testable import Bridge

@Suite struct OutboxTests {
  private func outbox(messages: Int = 10, bytes: Int = 1_000) throws -> Outbox {
    var limits = OutboxLimits()
    limits.messages = messages
    limits.bytes = bytes
    return try Outbox(limits: limits)
  }

  private func settled(_ submissions: [Submission]) -> Settled {
    var settled = Settled()
    for submission in submissions { settled.count(submission.load, isAtMostOnce: submission.isAtMostOnce) }
    return settled
  }

  @Test func `what is submitted is taken once, in order`() throws {
    let outbox = try outbox()
    outbox.submit(try [.make("1"), .make("2")])
    outbox.submit([try .make("3")])
    let taken = outbox.take(settled: Settled(), counts: BridgeStatistics())
    #expect(taken.submissions.map(\.message.payload) == [Array("1".utf8), Array("2".utf8), Array("3".utf8)])
    #expect(outbox.take(settled: Settled(), counts: BridgeStatistics()).submissions.isEmpty)
  }

  @Test func `room comes back only when messages are settled`() throws {
    let outbox = try outbox(messages: 2)
    let messages = try [Submission.make("1"), .make("2")]
    outbox.submit(messages)
    #expect(outbox.take(settled: Settled(), counts: BridgeStatistics()).submissions.count == 2)
    outbox.submit([try .make("3")])
    #expect(outbox.take(settled: settled(messages), counts: BridgeStatistics()).submissions.isEmpty)
    outbox.submit([try .make("4")])
    #expect(outbox.take(settled: Settled(), counts: BridgeStatistics()).submissions.count == 1)
    #expect(outbox.statistics.dropped == 1)
    #expect(outbox.statistics.outboxMessages == 1)
  }

  @Test func `a message at QoS 1 takes the place of waiting ones at QoS 0, and not the other way round`() throws {
    let outbox = try outbox(messages: 2)
    outbox.submit(try [.make(qos: .atMostOnce), .make(qos: .atMostOnce), .make(qos: .atMostOnce)])
    #expect(!outbox.take(settled: Settled(), counts: BridgeStatistics()).mustShed)
    outbox.submit(try [.make(), .make(), .make()])
    let taken = outbox.take(settled: Settled(), counts: BridgeStatistics())
    #expect(taken.submissions.count == 2)
    #expect(taken.mustShed)
    #expect(outbox.statistics.dropped == 2)
  }

  @Test func `congestion begins over the high mark and ends under the low one`() throws {
    let outbox = try outbox(messages: 100, bytes: 100_000)
    var changes: [Bool?] = []
    let messages = try (0..<76).map { _ in try Submission.make() }
    for chunk in [messages.prefix(75), messages.suffix(1)] {
      outbox.submit(Array(chunk))
      changes.append(outbox.take(settled: Settled(), counts: BridgeStatistics()).congestion)
    }
    for count in [25, 1, 1] {
      changes.append(
        outbox.take(settled: settled(Array(messages.prefix(count))), counts: BridgeStatistics()).congestion)
    }
    #expect(changes == [nil, true, nil, false, nil])
  }

  @Test func `any number of threads may submit`() async throws {
    let outbox = try outbox(messages: 10_000, bytes: 1 << 20)
    try await withThrowingTaskGroup { group in
      for device in 0..<8 {
        group.addTask { for number in 0..<500 { outbox.submit([try .make("\(number)", device: "\(device)")]) } }
      }
      try await group.waitForAll()
    }
    let taken = outbox.take(settled: Settled(), counts: BridgeStatistics()).submissions
    #expect(taken.count == 4_000)
    for device in 0..<8 {
      let own = taken.filter { $0.message.topic.name == "devices/\(device)/up" }.map(\.message.payload)
      #expect(own == (0..<500).map { Array("\($0)".utf8) })
    }
  }

  @Test func `the window gives back what was under way in the order in which it was sent`() throws {
    var window = Window(limit: 3)
    for (id, payload) in [(65_535, "a"), (1, "b"), (2, "c")] as [(UInt16, String)] {
      #expect(window.hasRoom)
      window.add(.message(try .make(payload)), as: id)
    }
    window.add(.status, as: 3)
    #expect(!window.hasRoom)
    #expect(window.remove(1) != nil)
    #expect(window.remove(1) == nil)
    #expect(window.removeAll().map(\.message.payload) == [Array("a".utf8), Array("c".utf8)])
    #expect(window.count == 0)
  }

  @Test func `what is under way is copied once, also when the disk has failed it before`() throws {
    var window = Window(limit: 3)
    for place in 1...2 {
      var message = try UplinkMessage.make(at: Int64(place))
      message.mayBeOnDisk = place == 2
      window.add(.message(message), as: UInt16(place))
    }
    let copied = window.uncopied(before: .now + .seconds(1))
    #expect(copied.map(\.sequence) == [1, 2])
    #expect(window.uncopied(before: .now + .seconds(1)).isEmpty)
  }

  @Test func `each sink hears everything in one call`() throws {
    let sinks = [RecordingSink(), RecordingSink()]
    var settlements = Settlements()
    for number in 0..<10 { settlements.add(sinks[number % 2].receipt(number), .acknowledged) }
    settlements.add(nil, .acknowledged)
    settlements.deliver()
    settlements.deliver()
    #expect(sinks.map(\.calls) == [1, 1])
    #expect(sinks.map(\.tokens) == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]])
  }
}
