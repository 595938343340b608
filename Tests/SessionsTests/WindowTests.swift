import Model
import Testing

@testable import Sessions

/// No more than a window of messages is unsettled at a time.
struct WindowTests {
  private static func limits(_ window: Int) -> SessionLimits {
    var limits = SessionLimits()
    limits.maximumUnsettled = window
    return limits
  }

  private static func lines(_ numbers: ClosedRange<Int>) -> [UInt8] { numbers.flatMap { Array("\($0)\n".utf8) } }

  @Test func `pauses at the limit and keeps the rest back`() {
    var conversation = Conversation(.lines, limits: Self.limits(4))
    conversation.device(sends: Self.lines(1...9))
    #expect(conversation.actions.payloads == ["1", "2", "3", "4"])
    #expect(conversation.actions.last == .pauseReading)
    #expect(conversation.session.unsettled == 4)
    #expect(conversation.session.bufferedBytes == 10)
  }

  @Test func `goes on once half of the window is free`() {
    var conversation = Conversation(.lines, limits: Self.limits(4))
    conversation.device(sends: Self.lines(1...5))
    let publishes = conversation.takeActions().publishes
    conversation.settle(publishes[0].token)
    #expect(conversation.takeActions() == [])
    conversation.settle(publishes[1].token)
    #expect(conversation.actions.payloads == ["5"])
    #expect(conversation.actions.last == .resumeReading)
  }

  @Test func `stays paused while what it kept back fills the window again`() {
    var conversation = Conversation(.lines, limits: Self.limits(2))
    conversation.device(sends: Self.lines(1...5))
    var settled = 0
    while settled < 5 {
      conversation.settle(conversation.actions.publishes[settled].token)
      settled += 1
    }
    #expect(conversation.actions.payloads == ["1", "2", "3", "4", "5"])
    #expect(conversation.actions.flow == [.pauseReading, .resumeReading])
    #expect(conversation.session.bufferedBytes == 0)
  }

  @Test func `keeps what arrives although it has paused`() {
    var conversation = Conversation(.lines, limits: Self.limits(1))
    conversation.device(sends: Array("a\nb".utf8))
    conversation.device(sends: Array("c\nd".utf8))
    conversation.settle(conversation.actions.publishes[0].token)
    conversation.settle(conversation.actions.publishes[1].token)
    conversation.device(sends: Array("\n".utf8))
    #expect(conversation.actions.payloads == ["a", "bc", "d"])
  }

  @Test func `holds for QoS 1, while QoS 0 passes`() {
    var conversation = Conversation.connected(limits: Self.limits(2))
    conversation.device(
      sends: bytes("32 06 0001 'a' 0001 '1' 30 04 0001 'a' '0' 32 06 0001 'a' 0002 '2' 32 06 0001 'a' 0003 '3' C0 00"))
    #expect(conversation.actions.payloads == ["1", "0", "2"])
    conversation.settle(conversation.actions.publishes[0].token)
    #expect(conversation.actions.payloads == ["1", "0", "2", "3"])
    #expect(conversation.actions.flow == [.pauseReading])
    #expect(conversation.actions.sent == bytes("40 02 0001"))
    conversation.settle(conversation.actions.publishes[2].token)
    #expect(conversation.actions.sent == bytes("40 02 0001 40 02 0002 D0 00"))
    #expect(conversation.actions.last == .resumeReading)
  }

  @Test func `has no deadline while it has paused, and counts afresh afterwards`() {
    var conversation = Conversation.connected(keepAlive: 2, limits: Self.limits(1))
    conversation.device(sends: bytes("32 06 0001 'a' 0001 '!'"))
    #expect(conversation.session.deadline == nil)
    conversation.pass(.seconds(100))
    conversation.settle(conversation.actions.publishes[0].token)
    #expect(conversation.session.deadline == conversation.now + .seconds(3))
    #expect(conversation.actions.end == nil)
  }

  @Test func `a lines device has no deadline while it has paused either`() {
    var conversation = Conversation(.lines, limits: Self.limits(1))
    conversation.device(sends: Self.lines(1...1))
    #expect(conversation.session.deadline == nil)
  }

  @Test(arguments: [true, false])
  func `hands out all whole messages at the end of input`(clean: Bool) {
    var conversation = Conversation(.lines, limits: Self.limits(2))
    conversation.device(sends: Self.lines(1...5))
    conversation.deviceCloses(clean: clean)
    #expect(conversation.actions.payloads == ["1", "2", "3", "4", "5"])
    #expect(conversation.actions.end?.reason == .disconnected)
  }

  @Test func `sees a DISCONNECT behind the window at the end of input`() {
    var conversation = Conversation.connected(limits: Self.limits(1))
    conversation.device(sends: bytes("32 06 0001 'a' 0001 '1' 32 06 0001 'a' 0002 '2' E0 00"))
    conversation.deviceCloses()
    #expect(conversation.actions.payloads == ["1", "2"])
    #expect(conversation.actions.end?.text == "the device said DISCONNECT")
  }

  @Test func `closes on what it kept back, when its turn comes`() {
    var conversation = Conversation.connected(limits: Self.limits(1))
    conversation.device(sends: bytes("32 06 0001 'a' 0001 '1' 00 00"))
    #expect(conversation.actions.end == nil)
    conversation.settle(conversation.actions.publishes[0].token)
    #expect(conversation.actions.suffix(2) == [.send(bytes("40 02 0001")), .close(SessionEnd(.kindReserved(0)))])
  }

  @Test func `a window of 0 counts as 1`() {
    var conversation = Conversation(.lines, limits: Self.limits(0))
    conversation.device(sends: Self.lines(1...2))
    #expect(conversation.actions.payloads == ["1"])
  }
}
