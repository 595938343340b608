import Model
import Testing

@testable import Sessions

/// The first packet of a device.
struct ConnectTests {
  private static func opened(
    _ clientID: String? = nil, keepAlive: Duration? = nil, cleanSession: Bool = true
  ) -> [SessionAction] {
    let connect = SessionConnect(
      version: .v3, cleanStart: cleanSession, sessionExpiryInterval: cleanSession ? 0 : .max)
    let opening = SessionOpening(deviceProtocol: .mqtt, clientID: clientID, keepAlive: keepAlive, connect: connect)
    return [.opened(opening), .pauseReading]
  }

  static let valid: [PacketRow] = [
    PacketRow(
      "the smallest", "[MQTT-3.1.3-6]",
      bytes("10 0C 0004 'MQTT' 04 02 0000 0000"), opened()),
    PacketRow(
      "client id and keep-alive", "[MQTT-3.1.2-24]",
      bytes("10 0E 0004 'MQTT' 04 02 003C 0002 'd1'"), opened("d1", keepAlive: .seconds(60))),
    PacketRow(
      "the longest keep-alive", "§3.1.2.10",
      bytes("10 0D 0004 'MQTT' 04 02 FFFF 0001 'd'"), opened("d", keepAlive: .seconds(65_535))),
    PacketRow(
      "clean session 0 is for ever", "[MQTT-3.1.2-4]",
      bytes("10 0E 0004 'MQTT' 04 00 0000 0002 'd1'"), opened("d1", cleanSession: false)),
    PacketRow(
      "user name and password are read and dropped", "[MQTT-3.1.2-19]",
      bytes("10 16 0004 'MQTT' 04 C2 0000 0002 'd1' 0002 'me' 0002 'pw'"), opened("d1")),
    PacketRow(
      "a user name alone", "[MQTT-3.1.2-20]",
      bytes("10 12 0004 'MQTT' 04 82 0000 0002 'd1' 0002 'me'"), opened("d1")),
    PacketRow(
      "a password is any bytes", "§3.1.3.5",
      bytes("10 12 0004 'MQTT' 04 C2 0000 0000 0000 0002 FF00"), opened()),
    PacketRow(
      "a remaining length in more bytes than it needs", "§2.2.3",
      bytes("10 8C 00 0004 'MQTT' 04 02 0000 0000"), opened()),
    PacketRow(
      "U+FEFF is kept", "[MQTT-1.5.3-3]",
      bytes("10 10 0004 'MQTT' 04 02 0000 0004 EFBBBF 'd'"), opened("\u{FEFF}d")),
    PacketRow(
      "a character beyond U+FFFF", "[MQTT-3.1.3-4]",
      bytes("10 10 0004 'MQTT' 04 02 0000 0004 F09F9880"), opened("😀")),
    PacketRow(
      "the longest client id", "[MQTT-3.1.3-5]",
      packet(0x10, bytes("0004 'MQTT' 04 02 0000") + text(String(repeating: "x", count: 256))),
      opened(String(repeating: "x", count: 256))),
  ]

  @Test(arguments: valid)
  func `asks its owner about a device with a valid CONNECT`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }

  static let refused: [PacketRow] = [
    PacketRow(
      "MQTT 3.1", "[MQTT-3.1.2-2]",
      bytes("10 10 0006 'MQIsdp' 03 02 003C 0002 'd1'"), sent: bytes("20 02 00 01"),
      refusedFor: .protocolLevelUnsupported(3)),
    PacketRow(
      "the name of 3.1 with the level of 3.1.1", "[MQTT-3.1.2-2]",
      bytes("10 10 0006 'MQIsdp' 04 02 003C 0002 'd1'"), sent: bytes("20 02 00 01"),
      refusedFor: .protocolLevelUnsupported(4)),
    PacketRow(
      "a bridge's level", "[MQTT-3.1.2-2]",
      bytes("10 0C 0004 'MQTT' 84 02 003C 0000"), sent: bytes("20 02 00 01"),
      refusedFor: .protocolLevelUnsupported(0x84)),
    PacketRow(
      "no client id with clean session 0", "[MQTT-3.1.3-8]",
      bytes("10 0C 0004 'MQTT' 04 00 003C 0000"), sent: bytes("20 02 00 02"), refusedFor: .clientIDMissing),
    PacketRow(
      "a client id past the limit", "§3.1.3.1",
      packet(0x10, bytes("0004 'MQTT' 04 02 0000") + text(String(repeating: "x", count: 257))),
      sent: bytes("20 02 00 02"), refusedFor: .clientIDTooLong(bytes: 257, limit: 256)),
    PacketRow(
      "a version to come is told in the form of 5.0", "MQTT 5 [MQTT-3.1.2-2]",
      bytes("10 0D 0004 'MQTT' 06 02 003C 00 0000"), .connack, 0x84, refusedFor: .protocolLevelUnsupported(6)),
  ]

  @Test(arguments: refused)
  func `answers a CONNECT that it cannot take and closes`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }

  static let broken: [PacketRow] = [
    PacketRow("no fields", "§3.1", bytes("10 00"), refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "flags in the fixed header", "[MQTT-2.2.2-2]", bytes("11 0C 0004 'MQTT' 04 02 003C 0000"),
      refusedFor: .flagsInvalid(.connect, flags: 1)),
    PacketRow(
      "another protocol name", "[MQTT-3.1.2-1]", bytes("10 0C 0004 'MQTX' 04 02 003C 0000"),
      refusedFor: .protocolNameInvalid),
    PacketRow(
      "the name in lower case", "[MQTT-3.1.2-1]", bytes("10 0C 0004 'mqtt' 04 02 003C 0000"),
      refusedFor: .protocolNameInvalid),
    PacketRow(
      "no protocol name", "[MQTT-3.1.2-1]", bytes("10 08 0000 04 02 003C 0000"), refusedFor: .protocolNameInvalid),
    PacketRow(
      "no level", "§3.1.2.2", bytes("10 06 0004 'MQTT'"), refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "the reserved connect flag", "[MQTT-3.1.2-3]", bytes("10 0C 0004 'MQTT' 04 03 003C 0000"),
      refusedFor: .connectFlagsInvalid(clause: "[MQTT-3.1.2-3]")),
    PacketRow(
      "a password without a user name", "[MQTT-3.1.2-22]", bytes("10 10 0004 'MQTT' 04 42 003C 0000 0002 'pw'"),
      refusedFor: .connectFlagsInvalid(clause: "[MQTT-3.1.2-22]")),
    PacketRow(
      "a will QoS without a will", "[MQTT-3.1.2-13]", bytes("10 0C 0004 'MQTT' 04 0A 003C 0000"),
      refusedFor: .connectFlagsInvalid(clause: "[MQTT-3.1.2-13]")),
    PacketRow(
      "will retain without a will", "[MQTT-3.1.2-15]", bytes("10 0C 0004 'MQTT' 04 22 003C 0000"),
      refusedFor: .connectFlagsInvalid(clause: "[MQTT-3.1.2-15]")),
    PacketRow(
      "will QoS 3", "[MQTT-3.1.2-14]", bytes("10 14 0004 'MQTT' 04 1E 0000 0002 'd1' 0001 'w' 0001 'x'"),
      refusedFor: .qosInvalid(.connect)),
    PacketRow(
      "a will topic with a wildcard", "[MQTT-3.3.2-2]",
      bytes("10 14 0004 'MQTT' 04 06 0000 0002 'd1' 0001 '#' 0001 'x'"),
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
    PacketRow(
      "an empty will topic", "[MQTT-4.7.3-1]", bytes("10 13 0004 'MQTT' 04 06 0000 0002 'd1' 0000 0001 'x'"),
      refusedFor: .topicInvalid(reason: "it is empty")),
    PacketRow(
      "a will topic that is not UTF-8", "[MQTT-3.1.3-10]",
      bytes("10 14 0004 'MQTT' 04 06 0000 0002 'd1' 0001 FF 0001 'x'"), refusedFor: .textInvalid),
    PacketRow(
      "a will flag without a will", "[MQTT-3.1.2-9]", bytes("10 0E 0004 'MQTT' 04 06 0000 0002 'd1'"),
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "a user name flag without a user name", "[MQTT-3.1.2-19]", bytes("10 0E 0004 'MQTT' 04 82 0000 0002 'd1'"),
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "a user name without its flag", "[MQTT-3.1.2-18]", bytes("10 12 0004 'MQTT' 04 02 0000 0002 'd1' 0002 'me'"),
      refusedFor: .packetOverlong(.connect)),
    PacketRow(
      "a user name that is not UTF-8", "[MQTT-3.1.3-11]",
      bytes("10 12 0004 'MQTT' 04 82 0000 0002 'd1' 0002 C328"), refusedFor: .textInvalid),
    PacketRow(
      "no client id field", "[MQTT-3.1.3-3]", bytes("10 0A 0004 'MQTT' 04 02 003C"),
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "a client id longer than the packet", "§1.5.3", bytes("10 0E 0004 'MQTT' 04 02 0000 FFFF 'd1'"),
      refusedFor: .packetTruncated(.connect)),
    PacketRow(
      "a surrogate in the client id", "[MQTT-1.5.3-1]", bytes("10 0F 0004 'MQTT' 04 02 0000 0003 EDA080"),
      refusedFor: .textInvalid),
    PacketRow(
      "an overlong encoding in the client id", "[MQTT-1.5.3-1]", bytes("10 0E 0004 'MQTT' 04 02 0000 0002 C080"),
      refusedFor: .textInvalid),
    PacketRow(
      "a code point past U+10FFFF", "[MQTT-1.5.3-1]", bytes("10 10 0004 'MQTT' 04 02 0000 0004 F4908080"),
      refusedFor: .textInvalid),
    PacketRow(
      "U+0000 in the client id", "[MQTT-1.5.3-2]", bytes("10 0F 0004 'MQTT' 04 02 0000 0003 'a' 00 'b'"),
      refusedFor: .textInvalid),
  ]

  @Test(arguments: broken)
  func `closes without a word on a broken CONNECT`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }

  @Test(arguments: PacketKind.allCases.filter { $0 != .connect })
  func `closes on any other first packet`(kind: PacketKind) {
    let first = kind.rawValue << 4 | (kind.requiredFlags ?? 0)
    PacketRow("\(kind) first", "[MQTT-3.1.0-1]", [first, 0], refusedFor: .packetUnexpected(kind))
      .check(on: Conversation(.mqtt))
  }

  @Test func `closes on a second CONNECT`() {
    PacketRow(
      "a second CONNECT", "[MQTT-3.1.0-2]", bytes("10 0C 0004 'MQTT' 04 02 0000 0000"), refusedFor: .connectRepeated
    ).check(on: .connected())
  }
}
