import Model
import Testing

@testable import Sessions

/// Whole conversations, both sides of them.
struct MQTTConversationTests {
  @Test func `a sensor reports and goes`() throws {
    var conversation = Conversation(.mqtt)
    let (device, now) = ("device", conversation.now)
    #expect(conversation.session.deadline == now + .seconds(10), "\(device) has to say CONNECT")

    conversation.device(sends: bytes("10 13 0004 'MQTT' 04 02 001E 0007 'sensor1'"))
    #expect(
      conversation.takeActions() == [
        .opened(
          SessionOpening(
            deviceProtocol: .mqtt, clientID: "sensor1", keepAlive: .seconds(30), connect: SessionConnect(version: .v3))),
        .pauseReading,
      ])

    conversation.letIn()
    #expect(conversation.takeActions() == [.send(bytes("20 02 00 00")), .resumeReading])

    conversation.device(sends: bytes("32 0A 0004 'temp' 0001 '21'") + bytes("C0 00"))
    let token = PublishToken(sequence: 0)
    #expect(
      conversation.takeActions() == [
        .publish(
          SessionPublish(topic: try Topic("temp"), payload: bytes("'21'"), qos: .atLeastOnce, token: token)),
        .send(bytes("D0 00")),
      ])

    conversation.settle(token)
    #expect(conversation.takeActions() == [.send(bytes("40 02 0001"))])

    conversation.device(sends: bytes("E0 00"))
    #expect(conversation.takeActions().end?.reason == .disconnected)
    #expect(conversation.session.isClosed)
    #expect(conversation.session.deadline == nil)
  }

  @Test func `a device that sends everything at once, as it may [MQTT-3.1.4-5]`() {
    var conversation = Conversation(.auto)
    conversation.device(
      sends: bytes("10 0D 0004 'MQTT' 04 02 0000 0001 'd'") + bytes("30 05 0001 'a' 'hi' C0 00 E0 00"))
    #expect(conversation.actions.payloads == [], "it has not been let in")
    conversation.letIn()
    #expect(conversation.actions.sent == bytes("20 02 00 00 D0 00"))
    #expect(conversation.actions.payloads == ["hi"])
    #expect(conversation.actions.end?.reason == .disconnected)
  }

  @Test func `a device that vanishes`() {
    var conversation = Conversation.connected()
    conversation.device(sends: bytes("32 06 0001 'a' 0001 '!' 30 03 00"))
    conversation.deviceCloses(clean: false)
    #expect(conversation.actions.payloads == ["!"])
    #expect(
      conversation.actions.end
        == SessionEnd(reason: .disconnected, text: "the device closed the connection without a DISCONNECT"))
  }

  @Test(arguments: OfflineReason.allCases)
  func `a gateway that closes has no word for it in MQTT 3.1.1`(reason: OfflineReason) {
    var conversation = Conversation.connected()
    conversation.gatewayCloses(reason)
    #expect(conversation.takeActions() == [.close(SessionEnd(reason: reason, text: "asked"))])
  }

  @Test func `whatever happens after the end stays unanswered`() {
    var conversation = Conversation.connected(keepAlive: 1)
    conversation.gatewayCloses(.revoked)
    _ = conversation.takeActions()
    conversation.device(sends: bytes("C0 00"))
    conversation.pass(.seconds(100))
    conversation.deviceCloses()
    conversation.gatewayCloses(.shutdown)
    conversation.settle(PublishToken(sequence: 0))
    conversation.ownerPauses(for: .seconds(1))
    #expect(conversation.actions.isEmpty)
  }

  @Test func `a device of 5.0 reports, listens and obeys`() throws {
    var conversation = Conversation(.auto)
    conversation.device(sends: connect5("21 000A 22 0005", flags: 0x00))
    conversation.letIn(SessionAcceptance(isPresent: true, sessionExpiryInterval: 60))
    #expect(conversation.takeActions().packets.first?.prefix(4) == [0x20, 19, 1, 0])

    conversation.device(sends: bytes("82 0A 0001 02 0B01 0002 'do' 01"))
    let request = SubscriptionRequest(filter: filter("do"), qos: .atLeastOnce)
    let subscribe = SessionSubscribe(packetID: 1, requests: [request], identifier: 1)
    #expect(conversation.takeActions() == [.subscribe(subscribe)])
    conversation.answerSubscribe(1, 1)
    #expect(conversation.takeActions() == [.send(bytes("90 04 0001 00 01"))])

    conversation.deliver(.make("do", "on", properties: [.correlationData([7])], identifiers: [1], sequence: 4))
    #expect(
      conversation.takeActions() == [.send(bytes("32 12 0002 'do' 0001 09 23 0001 0B 01 09 0001 07 'on'"))])
    conversation.device(sends: bytes("40 02 0001"))
    #expect(conversation.takeActions() == [.finished(sequence: 4)])

    conversation.device(sends: bytes("34 0C 0004 'done' 0001 00 'yes' 62 02 0001 E0 01 04"))
    let actions = conversation.takeActions()
    #expect(actions.payloads == ["yes"])
    // Its PUBREL came before its PUBREC went.
    #expect(actions.sent == bytes("70 03 0001 92"))
    #expect(actions.end?.discardsWill == false)
  }

  @Test(arguments: MQTTVersion.allCases)
  func `a stream of packets says the same however it is cut`(version: MQTTVersion) {
    let none = version == .v5 ? bytes("00") : []
    var stream: [UInt8] = []
    for number in UInt8(1)...60 {
      stream += packet(0x32, bytes("0001 'a' 00") + [number] + none + bytes("'!'")) + bytes("C0 00")
      stream += packet(0x31, bytes("0003 'b/c'") + none + Array(repeating: number, count: Int(number) * 5))
    }
    var whole = Conversation.connected(version)
    whole.device(sends: stream)
    var random = Generator(state: 1)
    for longest in [1, 3, 20, 100, 2_000] {
      var cut = Conversation.connected(version)
      var rest = stream[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 0...longest, using: &random))
        cut.device(sends: Array(piece))
        rest = rest.dropFirst(piece.count)
      }
      #expect(cut.actions == whole.actions, "in pieces of up to \(longest)")
      #expect(cut.session.bufferedBytes == 0)
    }
  }
}
