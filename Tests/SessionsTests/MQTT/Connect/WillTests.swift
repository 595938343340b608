import Model
import Testing

@testable import Sessions

/// What a device leaves behind (MQTT 3.1.1 §3.1.2.5, MQTT 5 §3.1.3.2).
struct WillTests {
  private static func opened(_ version: MQTTVersion, _ message: Message, delay: UInt32 = 0) -> [SessionAction] {
    let connect = SessionConnect(version: version, will: SessionWill(message: message, delay: delay))
    return [.opened(SessionOpening(deviceProtocol: .mqtt, clientID: "d1", connect: connect)), .pauseReading]
  }

  private static func will(
    _ payload: String = "x", qos: QualityOfService = .atMostOnce, retain: Bool = false,
    properties: [MessageProperty] = []
  ) -> Message {
    Message(topic: topic("w"), payload: Array(payload.utf8), qos: qos, retain: retain, properties: properties)
  }

  static let version3: [PacketRow] = [
    PacketRow(
      "a will", "[MQTT-3.1.2-8]", bytes("10 14 0004 'MQTT' 04 06 0000 0002 'd1' 0001 'w' 0001 'x'"),
      opened(.v3, will())),
    PacketRow(
      "an empty will", "§3.1.3.3", bytes("10 13 0004 'MQTT' 04 06 0000 0002 'd1' 0001 'w' 0000"), opened(.v3, will(""))),
    PacketRow(
      "QoS 1", "[MQTT-3.1.2-14]", bytes("10 14 0004 'MQTT' 04 0E 0000 0002 'd1' 0001 'w' 0001 'x'"),
      opened(.v3, will(qos: .atLeastOnce))),
    PacketRow(
      "with everything", "[MQTT-3.1.2-17]",
      bytes("10 1C 0004 'MQTT' 04 F6 0000 0002 'd1' 0001 'w' 0001 'x' 0002 'me' 0002 'pw'"),
      opened(.v3, will(qos: .exactlyOnce, retain: true))),
  ]

  static let version5: [PacketRow] = [
    PacketRow("a will", "[MQTT-3.1.2-8]", connect5(flags: 0x06, payload: "00 0001 'w' 0001 'x'"), opened(.v5, will())),
    PacketRow(
      "QoS 2, retained", "§3.1.2.6", connect5(flags: 0x36, payload: "00 0001 'w' 0001 'x'"),
      opened(.v5, will(qos: .exactlyOnce, retain: true))),
    PacketRow(
      "a delay", "§3.1.3.2.2", connect5(flags: 0x06, payload: "05 18 0000000A 0001 'w' 0001 'x'"),
      opened(.v5, will(), delay: 10)),
    PacketRow(
      "every property that travels, in its order", "§3.1.3.2",
      connect5(
        flags: 0x06,
        payload: """
          22 01 01 02 0000003C 03 0001 'c' 08 0001 'r' 09 0002 00FF 26 0001 'k' 0001 'v' 26 0001 'k' 0001 'u' \
          0001 'w' 0001 'x'
          """),
      opened(
        .v5,
        will(properties: [
          .payloadFormatIndicator(1), .messageExpiryInterval(60), .contentType("c"), .responseTopic(topic("r")),
          .correlationData([0, 255]), .userProperty(name: "k", value: "v"), .userProperty(name: "k", value: "u"),
        ]))),
  ]

  @Test(arguments: version3 + version5)
  func `hands a will to its owner`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }

  static let broken: [PacketRow] = [
    PacketRow(
      "no will properties", "§3.1.3.2", connect5(flags: 0x06), .connack, 0x81, refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "no payload", "[MQTT-3.1.2-9]", connect5(flags: 0x06, payload: "00 0001 'w'"), .connack, 0x81,
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "a topic with a wildcard", "[MQTT-4.7.1-1]", connect5(flags: 0x06, payload: "00 0001 '#' 0000"), .connack, 0x81,
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
    PacketRow(
      "an empty topic", "[MQTT-4.7.3-1]", connect5(flags: 0x06, payload: "00 0000 0000"), .connack, 0x81,
      refusedFor: .topicInvalid(reason: "it is empty")),
    PacketRow(
      "a topic that is not UTF-8", "[MQTT-3.1.3-11]", connect5(flags: 0x06, payload: "00 0001 FF 0000"), .connack, 0x81,
      refusedFor: .textInvalid),
    PacketRow(
      "two delays", "§3.1.3.2.2", connect5(flags: 0x06, payload: "0A 18 00000001 18 00000001 0001 'w' 0000"), .connack,
      0x82, refusedFor: .propertyRepeated(.connect, .willDelayInterval)),
    PacketRow(
      "two content types", "§3.1.3.2.5", connect5(flags: 0x06, payload: "08 03 0001 'c' 03 0001 'c' 0001 'w' 0000"),
      .connack, 0x82, refusedFor: .propertyRepeated(.connect, .contentType)),
    PacketRow(
      "a payload format 2", "§3.1.3.2.3", connect5(flags: 0x06, payload: "02 01 02 0001 'w' 0000"), .connack, 0x82,
      refusedFor: .propertyInvalid(.connect, .payloadFormatIndicator)),
    PacketRow(
      "a response topic with a wildcard", "[MQTT-3.3.2-14]",
      connect5(flags: 0x06, payload: "04 08 0001 '+' 0001 'w' 0000"), .connack, 0x81,
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
    PacketRow(
      "a topic alias", "§3.1.3.2", connect5(flags: 0x06, payload: "03 23 0001 0001 'w' 0000"), .connack, 0x81,
      refusedFor: .propertyUnknown(.connect, identifier: 0x23)),
    PacketRow(
      "a property of CONNECT", "§3.1.3.2", connect5(flags: 0x06, payload: "05 11 00000001 0001 'w' 0000"), .connack,
      0x81, refusedFor: .propertyUnknown(.connect, identifier: 0x11)),
  ]

  @Test(arguments: broken)
  func `refuses a will that cannot be taken`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }

  @Test func `a will delay among the properties of CONNECT is foreign`() {
    PacketRow(
      "a delay", "§3.1.2.11", connect5("18 00000001"), .connack, 0x81,
      refusedFor: .propertyUnknown(.connect, identifier: 0x18)
    ).check(on: Conversation(.mqtt))
  }
}
