import Model
import Testing

@testable import Sessions

/// A CONNECT of MQTT 5 that cannot be taken: what CONNACK says to it (§3.2.2.2).
struct BrokenConnectTests {
  static let refused: [PacketRow] = [
    PacketRow(
      "a bridge's level", "[MQTT-3.1.2-2]", bytes("10 0D 0004 'MQTT' 85 02 0000 00 0000"), sent: bytes("20 02 00 01"),
      refusedFor: .protocolLevelUnsupported(0x85)),
    PacketRow(
      "an authentication method", "§4.12", connect5("15 0005 'SCRAM'"), .connack, 0x8C,
      refusedFor: .authenticationMethodUnsupported),
    PacketRow(
      "an authentication method with data", "§4.12", connect5("15 0005 'SCRAM' 16 0001 00"), .connack, 0x8C,
      refusedFor: .authenticationMethodUnsupported),
    PacketRow(
      "a client id past the limit", "[MQTT-3.1.3-8]",
      packet(0x10, bytes("0004 'MQTT' 05 02 0000 00") + text(String(repeating: "x", count: 257))), .connack, 0x85,
      refusedFor: .clientIDTooLong(bytes: 257, limit: 256)),
    PacketRow(
      "the reserved connect flag", "[MQTT-3.1.2-3]", connect5(flags: 0x03), .connack, 0x81,
      refusedFor: .connectFlagsInvalid(clause: "[MQTT-3.1.2-3]")),
    PacketRow(
      "a will QoS without a will", "[MQTT-3.1.2-11]", connect5(flags: 0x0A), .connack, 0x81,
      refusedFor: .connectFlagsInvalid(clause: "[MQTT-3.1.2-13]")),
    PacketRow(
      "will retain without a will", "[MQTT-3.1.2-13]", connect5(flags: 0x22), .connack, 0x81,
      refusedFor: .connectFlagsInvalid(clause: "[MQTT-3.1.2-15]")),
    PacketRow(
      "will QoS 3", "[MQTT-3.1.2-12]", connect5(flags: 0x1E, payload: "00 0001 'w' 0000"), .connack, 0x81,
      refusedFor: .qosInvalid(.connect)),
    PacketRow(
      "no properties", "§3.1.2.11", bytes("10 0A 0004 'MQTT' 05 02 0000"), .connack, 0x81,
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "properties that reach past the end", "§2.2.2.1", bytes("10 0D 0004 'MQTT' 05 02 0000 03 0000"), .connack, 0x81,
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "a property length of five bytes", "§1.5.5", bytes("10 11 0004 'MQTT' 05 02 0000 8080808001 0000"), .connack,
      0x81,
      refusedFor: .variableIntegerMalformed(.connect)),
    PacketRow(
      "no client id field", "[MQTT-3.1.3-3]", bytes("10 0B 0004 'MQTT' 05 02 0000 00"), .connack, 0x81,
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "a client id that is not UTF-8", "[MQTT-3.1.3-4]", bytes("10 0E 0004 'MQTT' 05 02 0000 00 0001 FF"), .connack,
      0x81, refusedFor: .textInvalid),
    PacketRow(
      "a user name flag without a user name", "[MQTT-3.1.2-17]", connect5(flags: 0x82), .connack, 0x81,
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "bytes behind the last field", "§3.1.3", connect5(payload: "00"), .connack, 0x81,
      refusedFor: .packetOverlong(.connect)),
  ]

  @Test(arguments: refused)
  func `tells a device of 5.0 why it is not let in`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }

  static let silent: [PacketRow] = [
    PacketRow(
      "a name that is not MQTT's", "[MQTT-3.1.2-1]", bytes("10 0D 0004 'MQTX' 05 02 0000 00 0000"),
      refusedFor: .protocolNameInvalid),
    PacketRow("AUTH", "[MQTT-3.1.0-1]", bytes("F0 00"), refusedFor: .packetUnexpected(.auth)),
    PacketRow(
      "flags in the fixed header", "[MQTT-2.1.3-1]", bytes("11 0D 0004 'MQTT' 05 02 0000 00 0000"),
      refusedFor: .flagsInvalid(.connect, flags: 1)),
    PacketRow(
      "a CONNECT past the limit", "§3.1", bytes("10 FFFF7F 0004 'MQTT' 05"),
      refusedFor: .packetTooLarge(bytes: 2_097_155, limit: 262_144)),
  ]

  @Test(arguments: silent)
  func `says nothing where it does not know that it is 5.0`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }
}
