import Foundation
import NIOConcurrencyHelpers
import Platform
import TestSupport
import Testing

@Suite struct PollTests {
  /// Whether `bell` rings within `timeout`.
  private func hears(_ bell: WakeUp, within timeout: Duration) -> Bool {
    var poll = Poll()
    let place = poll.watch(bell.descriptor)
    poll.wait(timeout)
    return poll.isReadable(place)
  }

  @Test func `a bell rings from ring to clear, however often it was rung`() throws {
    let bell = try WakeUp()
    #expect(!hears(bell, within: .zero))
    for _ in 0..<1_000 { bell.ring() }
    #expect(hears(bell, within: .zero))
    #expect(hears(bell, within: .zero))
    bell.clear()
    #expect(!hears(bell, within: .zero))
    bell.clear()
    bell.ring()
    #expect(hears(bell, within: .zero))
  }

  @Test func `a bell that another thread rings ends the wait`() throws {
    let bell = try WakeUp()
    try SystemThread.start("ringer") { bell.ring() }
    #expect(hears(bell, within: .seconds(30)))
  }

  @Test(arguments: [Duration.milliseconds(20), .microseconds(1), .nanoseconds(1)])
  func `a deadline has passed when the wait for it ends`(timeout: Duration) throws {
    let bell = try WakeUp()
    let start = ContinuousClock.now
    #expect(!hears(bell, within: timeout))
    #expect(ContinuousClock.now - start >= timeout)
  }

  @Test func `a negative wait returns at once`() throws {
    #expect(!hears(try WakeUp(), within: .seconds(-1)))
  }

  @Test func `each descriptor has its own answer`() throws {
    var poll = Poll()
    let bells = try (0..<5).map { _ in try WakeUp() }
    let places = bells.map { poll.watch($0.descriptor, write: true) }
    bells[3].ring()
    poll.wait(.seconds(30))
    #expect(places.map { poll.isReadable($0) } == [false, false, false, true, false])
    #expect(places.allSatisfy { poll.isWritable($0) })
    poll.removeAll()
    #expect(poll.watch(bells[0].descriptor) == 0)
    poll.wait(.zero)
    #expect(!poll.isReadable(0))
    #expect(!poll.isWritable(0))
  }

  @Test func `the other end's end is readable`() throws {
    let pipe = try Platform.Pipe()
    try pipe.withWritingEnd { _ throws(SystemError) in }
    var poll = Poll()
    let place = poll.watch(pipe.readingEnd)
    poll.wait(.seconds(30))
    #expect(poll.isReadable(place))
  }

  @Test func `a thread runs once, under its name`() async throws {
    let names = NIOLockedValueBox<[String]>([])
    try SystemThread.start("a-name-that-is-too-long") {
      let text = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      names.withLockedValue { $0.append(text ?? "unknown") }
    }
    try await eventually("the thread") { names.withLockedValue { !$0.isEmpty } }
    #expect(names.withLockedValue { $0 } == ["a-name-that-is-\n"])
  }

  @Test func `a port is taken as long as somebody listens`() async throws {
    let port = try #require(LoopbackPort.free())
    #expect(LoopbackPort.isFree(port))
    #expect(!LoopbackPort.answers(port))
    try await withMosquitto { broker in
      #expect(!LoopbackPort.isFree(broker.port))
      #expect(LoopbackPort.answers(broker.port))
    }
    #expect(!LoopbackPort.isFree(-1))
    #expect(!LoopbackPort.isFree(65_536))
  }
}
