import Model
import Testing

@testable import Sessions

/// QoS 2 from a device: PUBLISH, PUBREC, PUBREL, PUBCOMP (MQTT 5 §4.3.3).
struct ExactlyOnceTests {
  private static func publish(_ packetID: UInt8, _ version: MQTTVersion, duplicate: Bool = false) -> [UInt8] {
    packet(
      duplicate ? 0x3C : 0x34, bytes("0001 'a' 00") + [packetID] + (version == .v5 ? bytes("00") : []) + bytes("'!'"))
  }

  private static func pubrec(_ packetID: UInt8) -> SessionAction { .send([0x50, 2, 0, packetID]) }
  private static func pubcomp(_ packetID: UInt8) -> SessionAction { .send([0x70, 2, 0, packetID]) }

  /// A conversation in which packet 1 was taken and waits for its PUBREL.
  private static func received(_ version: MQTTVersion) -> Conversation {
    var conversation = Conversation.connected(version)
    conversation.device(sends: publish(1, version))
    conversation.settle(conversation.takeActions().publishes.first?.token)
    _ = conversation.takeActions()
    return conversation
  }

  @Test(arguments: MQTTVersion.allCases)
  func `a message and its four packets`(version: MQTTVersion) {
    var conversation = Conversation.connected(version)
    conversation.device(sends: Self.publish(1, version))
    let publishes = conversation.takeActions().publishes
    #expect(publishes.map(\.qos) == [.exactlyOnce])
    #expect(conversation.session.unsettled == 1)

    conversation.settle(publishes.first?.token)
    #expect(conversation.takeActions() == [Self.pubrec(1)])
    #expect(conversation.session.unsettled == 0)

    conversation.device(sends: bytes("62 02 0001"))
    #expect(conversation.takeActions() == [Self.pubcomp(1)])
  }

  @Test(arguments: MQTTVersion.allCases)
  func `a repetition before its PUBREC is not passed on, and answered once [MQTT-4.3.3-10]`(version: MQTTVersion) {
    var conversation = Conversation.connected(version)
    conversation.device(sends: Self.publish(1, version) + Self.publish(1, version, duplicate: true))
    conversation.device(sends: Self.publish(1, version))
    let publishes = conversation.takeActions().publishes
    #expect(publishes.count == 1)
    conversation.settle(publishes.first?.token)
    #expect(conversation.takeActions() == [Self.pubrec(1)])
  }

  @Test(arguments: MQTTVersion.allCases, [true, false])
  func `a repetition after its PUBREC is answered again and not passed on [MQTT-4.3.3-10]`(
    version: MQTTVersion, duplicate: Bool
  ) {
    var conversation = Self.received(version)
    conversation.device(sends: Self.publish(1, version, duplicate: duplicate))
    #expect(conversation.actions == [Self.pubrec(1)])
  }

  @Test(arguments: MQTTVersion.allCases)
  func `the same identifier is another message once it was released [MQTT-4.3.3-12]`(version: MQTTVersion) {
    var conversation = Self.received(version)
    conversation.device(sends: bytes("62 02 0001"))
    _ = conversation.takeActions()
    conversation.device(sends: Self.publish(1, version, duplicate: true))
    #expect(conversation.actions.publishes.count == 1)
  }

  @Test(arguments: MQTTVersion.allCases)
  func `each PUBREL is answered, a second one too [MQTT-4.3.3-11]`(version: MQTTVersion) {
    var conversation = Self.received(version)
    conversation.device(sends: bytes("62 02 0001 62 02 0001"))
    let unknown = version == .v5 ? SessionAction.send(bytes("70 03 0001 92")) : Self.pubcomp(1)
    #expect(conversation.actions == [Self.pubcomp(1), unknown])
  }

  @Test func `an identifier of QoS 2 cannot be one of QoS 1 as well [MQTT-2.2.1-3]`() {
    var conversation = Self.received(.v5)
    conversation.device(sends: bytes("32 07 0001 'a' 0001 00 '!'"))
    #expect(conversation.actions.end == SessionEnd(.packetIDInUse(1)))
  }

  @Test func `PUBACK and PUBREC keep the order of their PUBLISHes`() {
    var conversation = Conversation.connected()
    conversation.device(
      sends: Self.publish(1, .v3) + bytes("32 06 0001 'a' 0002 '!'") + Self.publish(3, .v3))
    let tokens = conversation.takeActions().publishes.map(\.token)
    conversation.settle(tokens[2])
    conversation.settle(tokens[1])
    #expect(conversation.actions.isEmpty)
    conversation.settle(tokens[0])
    #expect(conversation.actions == [.send(bytes("50 02 0001 40 02 0002 50 02 0003"))])
  }

  // MARK: What is refused

  static let refusals: [(qos: UInt8, version: MQTTVersion, answer: String)] = [
    (1, .v3, "40 02 0001"), (2, .v3, "50 02 0001"), (1, .v5, "40 03 0001 87"), (2, .v5, "50 03 0001 87"),
  ]

  @Test(arguments: refusals)
  func `a message that cannot be passed on is answered with its reason in 5.0`(
    qos: UInt8, version: MQTTVersion, answer: String
  ) {
    var conversation = Conversation.connected(version)
    conversation.device(
      sends: packet(0x30 | qos << 1, bytes("0001 'a' 0001") + (version == .v5 ? bytes("00") : []) + bytes("'!'")))
    conversation.settle(conversation.takeActions().publishes.first?.token, .rejected(.notAuthorized))
    #expect(conversation.actions == [.send(bytes(answer))])
  }

  @Test func `a refusal ends the exchange in 5.0, and the identifier is free [MQTT-4.3.3-9]`() {
    var conversation = Conversation.connected(.v5)
    for _ in 0..<2 {
      conversation.device(sends: Self.publish(1, .v5))
      conversation.settle(conversation.takeActions().publishes.first?.token, .rejected(.quotaExceeded))
      #expect(conversation.takeActions() == [.send(bytes("50 03 0001 97"))])
    }
    conversation.device(sends: bytes("62 02 0001"))
    #expect(conversation.actions == [.send(bytes("70 03 0001 92"))])
  }

  @Test func `in 3.1.1 it does not, for the device cannot know`() {
    var conversation = Conversation.connected()
    conversation.device(sends: Self.publish(1, .v3))
    conversation.settle(conversation.takeActions().publishes.first?.token, .rejected(.quotaExceeded))
    _ = conversation.takeActions()
    conversation.device(sends: Self.publish(1, .v3, duplicate: true) + bytes("62 02 0001"))
    #expect(conversation.actions == [Self.pubrec(1), Self.pubcomp(1)])
  }

  // MARK: Over connections

  @Test(arguments: MQTTVersion.allCases)
  func `a later connection knows what was taken and not released`(version: MQTTVersion) {
    var first = Self.received(version)
    var second = Conversation.resumed(first.takeRemains(), version)
    _ = second.takeActions()
    second.device(sends: Self.publish(1, version, duplicate: true))
    #expect(second.takeActions() == [Self.pubrec(1)])
    second.device(sends: bytes("62 02 0001"))
    #expect(second.takeActions() == [Self.pubcomp(1)])
    second.device(sends: Self.publish(1, version))
    #expect(second.actions.publishes.count == 1)
  }

  @Test func `what had no outcome comes again, with a token that no earlier message had`() {
    var first = Conversation.connected()
    first.device(sends: bytes("32 06 0001 'a' 0001 '!'"))
    let token = first.actions.publishes.first?.token
    var second = Conversation.resumed(first.takeRemains())
    _ = second.takeActions()
    second.device(sends: bytes("3A 06 0001 'a' 0001 '!'"))
    second.settle(token)
    #expect(second.takeActions().publishes.map(\.token) == [PublishToken(sequence: 1)])
    second.settle(PublishToken(sequence: 1))
    #expect(second.actions == [.send(bytes("40 02 0001"))])
  }
}
