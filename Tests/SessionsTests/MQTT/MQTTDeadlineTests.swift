import Model
import Testing

@testable import Sessions

/// How long an MQTT device may be silent.
struct MQTTDeadlineTests {
  @Test func `closes without a CONNECT in time`() {
    var conversation = Conversation(.mqtt)
    conversation.device(sends: bytes("10 0C 0004 'MQ'"))
    conversation.pass(.milliseconds(9_999))
    #expect(conversation.actions.isEmpty)
    conversation.device(sends: bytes("'TT'"))
    conversation.pass(.milliseconds(1))
    #expect(conversation.actions == [.close(SessionEnd(.connectMissing(.seconds(10))))])
    #expect(conversation.actions.end?.reason == .timeout)
  }

  @Test func `counts the time for the CONNECT from the start under auto as well`() {
    var conversation = Conversation(.auto)
    let start = conversation.now
    conversation.pass(.seconds(4))
    conversation.device(sends: bytes("10"))
    #expect(conversation.session.deadline == start + .seconds(10))
  }

  @Test func `closes after one and a half times the keep-alive [MQTT-3.1.2-24]`() {
    var conversation = Conversation.connected(keepAlive: 7)
    conversation.pass(.milliseconds(10_499))
    #expect(conversation.actions.isEmpty)
    conversation.pass(.milliseconds(1))
    #expect(conversation.actions == [.close(SessionEnd(.keepAliveExpired(seconds: 7)))])
    #expect(conversation.actions.end?.reason == .timeout)
  }

  @Test func `any packet ends the silence`() {
    var conversation = Conversation.connected(keepAlive: 2)
    for packet in ["C0 00", "30 03 0001 'a'", "82 06 0001 0001 'a' 00", "C0 00"] {
      conversation.pass(.milliseconds(2_900))
      conversation.device(sends: bytes(packet))
    }
    #expect(conversation.actions.end == nil)
  }

  @Test func `a part of a packet does not end the silence`() {
    var conversation = Conversation.connected(keepAlive: 2)
    conversation.device(sends: bytes("30 05 0001"))
    conversation.pass(.seconds(2))
    conversation.device(sends: bytes("'a'"))
    conversation.pass(.seconds(1))
    #expect(conversation.actions.end?.reason == .timeout)
  }

  @Test func `the longest keep-alive is honoured`() {
    let conversation = Conversation.connected(keepAlive: .max)
    #expect(conversation.session.deadline == conversation.now + .milliseconds(98_302_500))
  }

  @Test func `keep-alive 0 is for ever`() {
    var conversation = Conversation.connected(keepAlive: 0)
    #expect(conversation.session.deadline == nil)
    conversation.pass(.seconds(1_000_000))
    #expect(conversation.actions.isEmpty)
  }

  @Test func `the time in which the owner did not read is no silence`() {
    var conversation = Conversation.connected(keepAlive: 2)
    conversation.ownerPauses(for: .seconds(100))
    #expect(conversation.session.deadline == conversation.now + .seconds(3))
    conversation.pass(.seconds(2))
    #expect(conversation.actions.isEmpty)
  }
}
