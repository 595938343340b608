import Model
import Testing

@testable import Sessions

/// PUBLISH of MQTT 5: what travels with a message (§3.3.2.3).
struct PublishPropertyTests {
  private static func published(
    _ properties: MessageProperty..., payload: String = "!", qos: QualityOfService = .atMostOnce
  ) -> [SessionAction] {
    let token = qos == .atMostOnce ? nil : PublishToken(sequence: 0)
    return [
      .publish(
        SessionPublish(
          topic: topic("a"), payload: Array(payload.utf8), qos: qos, properties: properties, token: token))
    ]
  }

  /// A PUBLISH of `!` to `a` under QoS 0.
  private static func publish(_ golden: String) -> [UInt8] {
    packet(0x30, bytes("0001 'a'") + properties(golden) + bytes("'!'"))
  }

  static let valid: [PacketRow] = [
    PacketRow("no properties", "[MQTT-2.2.2-1]", bytes("30 05 0001 'a' 00 '!'"), published()),
    PacketRow("no payload", "§3.3.3", bytes("30 04 0001 'a' 00"), published(payload: "")),
    PacketRow(
      "QoS 1: the identifier comes first", "§3.3.2.2", bytes("32 07 0001 'a' 0001 00 '!'"), published(qos: .atLeastOnce)
    ),
    PacketRow("QoS 2", "§3.3.2.2", bytes("34 07 0001 'a' 0001 00 '!'"), published(qos: .exactlyOnce)),
    PacketRow("bytes", "[MQTT-3.3.2-4]", publish("01 00"), published(.payloadFormatIndicator(0))),
    PacketRow("UTF-8", "[MQTT-3.3.2-4]", publish("01 01"), published(.payloadFormatIndicator(1))),
    PacketRow("an expiry", "§3.3.2.3.3", publish("02 0000003C"), published(.messageExpiryInterval(60))),
    PacketRow("the longest expiry", "§3.3.2.3.3", publish("02 FFFFFFFF"), published(.messageExpiryInterval(.max))),
    PacketRow("a response topic", "[MQTT-3.3.2-15]", publish("08 0003 'r/t'"), published(.responseTopic(topic("r/t")))),
    PacketRow(
      "correlation data", "[MQTT-3.3.2-16]", publish("09 0003 00FF0A"), published(.correlationData([0, 255, 10]))),
    PacketRow("no correlation data", "§3.3.2.3.6", publish("09 0000"), published(.correlationData([]))),
    PacketRow(
      "user properties in their order", "[MQTT-3.3.2-18]",
      publish("26 0001 'k' 0001 'v' 26 0000 0000 26 0001 'k' 0001 'v'"),
      published(
        .userProperty(name: "k", value: "v"), .userProperty(name: "", value: ""), .userProperty(name: "k", value: "v"))),
    PacketRow("a content type", "[MQTT-3.3.2-20]", publish("03 0002 'ct'"), published(.contentType("ct"))),
    PacketRow("an empty content type", "[MQTT-3.3.2-19]", publish("03 0000"), published(.contentType(""))),
    PacketRow(
      "all of them", "§3.3.2.3", publish("03 0001 'c' 26 0001 'k' 0001 'v' 02 00000001 01 01 09 0001 'd' 08 0001 'r'"),
      published(
        .contentType("c"), .userProperty(name: "k", value: "v"), .messageExpiryInterval(1), .payloadFormatIndicator(1),
        .correlationData([0x64]), .responseTopic(topic("r")))),
  ]

  @Test(arguments: valid)
  func `hands out a PUBLISH of 5.0 with its properties`(row: PacketRow) {
    row.check(on: .connected(.v5))
  }

  static let broken: [PacketRow] = [
    PacketRow(
      "no property length", "§3.3.2.3.1", bytes("30 03 0001 'a'"), .disconnect, 0x81,
      refusedFor: .packetTruncated(.publish)),
    PacketRow(
      "properties that reach past the end", "§2.2.2.1", bytes("30 05 0001 'a' 02 01"), .disconnect, 0x81,
      refusedFor: .packetTruncated(.publish)),
    PacketRow(
      "a property that reaches into the payload", "§2.2.2.2", packet(0x30, bytes("0001 'a' 02 02 00000001")),
      .disconnect,
      0x81, refusedFor: .packetTruncated(.publish)),
    PacketRow(
      "packet identifier 0", "[MQTT-2.2.1-3]", bytes("32 06 0001 'a' 0000 00"), .disconnect, 0x82,
      refusedFor: .packetIDZero(.publish)),
    PacketRow(
      "QoS 3", "[MQTT-3.3.1-4]", bytes("36 06 0001 'a' 0001 00"), .disconnect, 0x81, refusedFor: .qosInvalid(.publish)),
    PacketRow(
      "DUP under QoS 0", "[MQTT-3.3.1-2]", bytes("38 04 0001 'a' 00"), .disconnect, 0x81,
      refusedFor: .duplicateWithoutAcknowledgement),
    PacketRow(
      "a wildcard in the topic", "[MQTT-3.3.2-2]", bytes("30 04 0001 '#' 00"), .disconnect, 0x81,
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
    PacketRow(
      "a topic past the limit", "§3.14.2.1", packet(0x30, text(String(repeating: "t", count: 1_025)) + [0]),
      .disconnect,
      0x90, refusedFor: .topicTooLong(bytes: 1_025, limit: 1_024)),
    PacketRow(
      "a topic that is not UTF-8", "[MQTT-1.5.4-1]", bytes("30 05 0002 C328 00"), .disconnect, 0x81,
      refusedFor: .textInvalid),
    PacketRow(
      "U+0000 in the topic", "[MQTT-1.5.4-2]", bytes("30 04 0001 00 00"), .disconnect, 0x81, refusedFor: .textInvalid),
    PacketRow(
      "a payload format 2", "§3.3.2.3.2", publish("01 02"), .disconnect, 0x82,
      refusedFor: .propertyInvalid(.publish, .payloadFormatIndicator)),
    PacketRow(
      "a response topic with a wildcard", "[MQTT-3.3.2-14]", publish("08 0003 'r/+'"), .disconnect, 0x81,
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
    PacketRow(
      "a response topic that is not UTF-8", "[MQTT-3.3.2-13]", publish("08 0001 FF"), .disconnect, 0x81,
      refusedFor: .textInvalid),
    PacketRow(
      "a subscription identifier", "[MQTT-3.3.4-6]", publish("0B 01"), .disconnect, 0x82,
      refusedFor: .propertyInvalid(.publish, .subscriptionIdentifier)),
    PacketRow(
      "a property of CONNECT", "§2.2.2.2", publish("11 00000001"), .disconnect, 0x81,
      refusedFor: .propertyUnknown(.publish, identifier: 0x11)),
    PacketRow(
      "a property that does not exist", "§2.2.2.2", publish("7F"), .disconnect, 0x81,
      refusedFor: .propertyUnknown(.publish, identifier: 0x7F)),
  ]

  @Test(arguments: broken)
  func `closes on a broken PUBLISH of 5.0, and says why`(row: PacketRow) {
    row.check(on: .connected(.v5))
  }

  static let once: [(golden: String, name: PacketProperties.Name)] = [
    ("01 01", .payloadFormatIndicator), ("02 00000001", .messageExpiryInterval), ("23 0001", .topicAlias),
    ("08 0001 'r'", .responseTopic), ("09 0001 'd'", .correlationData), ("03 0001 'c'", .contentType),
  ]

  @Test(arguments: once)
  func `closes on a property that is there twice`(golden: String, name: PacketProperties.Name) {
    PacketRow(
      "\(name)", "§3.3.2.3", Self.publish(golden + golden), .disconnect, 0x82,
      refusedFor: .propertyRepeated(.publish, name)
    ).check(on: .connected(.v5))
  }
}
