import Model
import Testing

@testable import Sessions

/// Messages of a device that has been let in.
struct PublishTests {
  private static func published(
    _ topic: String, _ payload: [UInt8], qos: QualityOfService = .atMostOnce, retain: Bool = false
  ) -> [SessionAction] {
    let token = qos == .atMostOnce ? nil : PublishToken(sequence: 0)
    return [
      .publish(
        SessionPublish(topic: SessionsTests.topic(topic), payload: payload, qos: qos, retain: retain, token: token))
    ]
  }

  static let valid: [PacketRow] = [
    PacketRow("QoS 0", "§3.3", bytes("30 07 0003 'a/b' 'hi'"), published("a/b", bytes("'hi'"))),
    PacketRow(
      "QoS 1", "[MQTT-2.3.1-1]", bytes("32 09 0003 'a/b' 0001 'hi'"),
      published("a/b", bytes("'hi'"), qos: .atLeastOnce)),
    PacketRow(
      "QoS 2", "[MQTT-4.3.3-2]", bytes("34 06 0001 'a' 0001 '!'"), published("a", bytes("'!'"), qos: .exactlyOnce)),
    PacketRow(
      "the largest packet identifier", "§2.3.1", bytes("32 06 0001 'a' FFFF '!'"),
      published("a", bytes("'!'"), qos: .atLeastOnce)),
    PacketRow("retained", "[MQTT-3.3.1-5]", bytes("31 04 0001 'a' '!'"), published("a", bytes("'!'"), retain: true)),
    PacketRow(
      "a repetition that was never seen here", "[MQTT-3.3.1-3]", bytes("3A 06 0001 'a' 0007 '!'"),
      published("a", bytes("'!'"), qos: .atLeastOnce)),
    PacketRow("no payload", "§3.3.3", bytes("30 03 0001 'a'"), published("a", [])),
    PacketRow(
      "any bytes as payload", "§3.3.3", bytes("30 06 0001 'a' 00FF0A"), published("a", [0, 255, 10])),
    PacketRow("a topic of one slash", "§4.7.1.1", bytes("30 03 0001 '/'"), published("/", [])),
    PacketRow("empty levels", "§4.7.1.1", bytes("30 07 0004 '//a/' '!'"), published("//a/", bytes("'!'"))),
    PacketRow("a space", "§4.7.3", bytes("30 05 0003 'a b'"), published("a b", [])),
    PacketRow("a dollar", "§4.7.2", bytes("30 06 0004 '$SYS'"), published("$SYS", [])),
    PacketRow("U+FEFF is kept", "[MQTT-1.5.3-3]", bytes("30 06 0004 'a' EFBBBF"), published("a\u{FEFF}", [])),
    PacketRow(
      "a remaining length of two bytes", "§2.2.3", packet(0x30, bytes("0001 'a'") + Array(repeating: 7, count: 300)),
      published("a", Array(repeating: 7, count: 300))),
    PacketRow(
      "a remaining length of three bytes", "§2.2.3",
      packet(0x30, bytes("0001 'a'") + Array(repeating: 7, count: 20_000)),
      published("a", Array(repeating: 7, count: 20_000))),
    PacketRow(
      "the longest topic", "the limit", packet(0x30, text(String(repeating: "t", count: 1_024))),
      published(String(repeating: "t", count: 1_024), [])),
  ]

  @Test(arguments: valid)
  func `hands out a valid PUBLISH`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let broken: [PacketRow] = [
    PacketRow("no fields", "§3.3.2", bytes("30 00"), refusedFor: .packetTruncated(.publish)),
    PacketRow(
      "an empty topic", "[MQTT-4.7.3-1]", bytes("30 02 0000"), refusedFor: .topicInvalid(reason: "it is empty")),
    PacketRow(
      "a # in the topic", "[MQTT-3.3.2-2]", bytes("30 05 0003 'a/#'"),
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
    PacketRow(
      "a + in the topic", "[MQTT-3.3.2-2]", bytes("30 05 0003 '+/a'"),
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
    PacketRow("U+0000 in the topic", "[MQTT-1.5.3-2]", bytes("30 05 0003 'a' 00 'b'"), refusedFor: .textInvalid),
    PacketRow("a topic that is not UTF-8", "[MQTT-3.3.2-1]", bytes("30 04 0002 C328"), refusedFor: .textInvalid),
    PacketRow("a surrogate in the topic", "[MQTT-1.5.3-1]", bytes("30 05 0003 EDBFBF"), refusedFor: .textInvalid),
    PacketRow(
      "a topic longer than the packet", "§1.5.3", bytes("30 04 0003 'ab'"), refusedFor: .packetTruncated(.publish)),
    PacketRow(
      "a topic past the limit", "the limit", packet(0x30, text(String(repeating: "t", count: 1_025))),
      refusedFor: .topicTooLong(bytes: 1_025, limit: 1_024)),
    PacketRow(
      "packet identifier 0", "[MQTT-2.3.1-1]", bytes("32 05 0001 'a' 0000"), refusedFor: .packetIDZero(.publish)),
    PacketRow(
      "no packet identifier under QoS 1", "[MQTT-2.3.1-1]", bytes("32 03 0001 'a'"),
      refusedFor: .packetTruncated(.publish)),
    PacketRow(
      "half a packet identifier", "§2.3.1", bytes("32 04 0001 'a' 00"), refusedFor: .packetTruncated(.publish)),
    PacketRow("QoS 3", "[MQTT-3.3.1-4]", bytes("36 05 0001 'a' 0001"), refusedFor: .qosInvalid(.publish)),
    PacketRow(
      "DUP under QoS 0", "[MQTT-3.3.1-2]", bytes("38 03 0001 'a'"), refusedFor: .duplicateWithoutAcknowledgement),
  ]

  @Test(arguments: broken)
  func `closes on a broken PUBLISH`(row: PacketRow) {
    row.check(on: .connected())
  }
}
