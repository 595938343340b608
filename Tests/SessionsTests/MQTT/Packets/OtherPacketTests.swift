import Model
import Testing

@testable import Sessions

/// Pings, and what holds for every packet.
struct OtherPacketTests {
  static let valid: [PacketRow] = [
    PacketRow("PINGREQ", "[MQTT-3.12.4-1]", bytes("C0 00"), [.send(bytes("D0 00"))]),
    PacketRow(
      "several packets in one piece", "[MQTT-4.6.0-2]", bytes("C0 00 62 02 0001 C0 00"),
      [.send(bytes("D0 00")), .send(bytes("70 02 0001")), .send(bytes("D0 00"))]),
  ]

  @Test(arguments: valid)
  func `answers a valid packet`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let broken: [PacketRow] = [
    PacketRow("packet type 0", "§2.2.1", bytes("00 00"), refusedFor: .kindReserved(0)),
    PacketRow("packet type 15", "§2.2.1", bytes("F0 00"), refusedFor: .packetUnexpected(.auth)),
    PacketRow(
      "a remaining length of five bytes", "§2.2.3", bytes("30 80808080 01"), refusedFor: .remainingLengthMalformed),
    PacketRow("PINGREQ with a field", "§3.12", bytes("C0 01 00"), refusedFor: .packetOverlong(.pingreq)),
    PacketRow("CONNACK", "§3.2", bytes("20 02 0000"), refusedFor: .packetUnexpected(.connack)),
    PacketRow("SUBACK", "§3.9", bytes("90 03 0001 00"), refusedFor: .packetUnexpected(.suback)),
    PacketRow("UNSUBACK", "§3.11", bytes("B0 02 0001"), refusedFor: .packetUnexpected(.unsuback)),
    PacketRow("PINGRESP", "§3.13", bytes("D0 00"), refusedFor: .packetUnexpected(.pingresp)),
  ]

  @Test(arguments: broken)
  func `closes on a broken packet`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let told: [PacketRow] = [
    PacketRow("packet type 0", "§2.1.2", bytes("00 00"), .disconnect, 0x81, refusedFor: .kindReserved(0)),
    PacketRow(
      "a remaining length of five bytes", "§1.5.5", bytes("30 80808080 01"), .disconnect, 0x81,
      refusedFor: .remainingLengthMalformed),
    PacketRow(
      "PINGREQ with a field", "§3.12", bytes("C0 01 00"), .disconnect, 0x81, refusedFor: .packetOverlong(.pingreq)),
    PacketRow("CONNACK", "§3.2", bytes("20 03 000000"), .disconnect, 0x82, refusedFor: .packetUnexpected(.connack)),
    PacketRow("SUBACK", "§3.9", bytes("90 04 0001 00 00"), .disconnect, 0x82, refusedFor: .packetUnexpected(.suback)),
    PacketRow(
      "UNSUBACK", "§3.11", bytes("B0 04 0001 00 00"), .disconnect, 0x82, refusedFor: .packetUnexpected(.unsuback)),
    PacketRow("PINGRESP", "§3.13", bytes("D0 00"), .disconnect, 0x82, refusedFor: .packetUnexpected(.pingresp)),
    PacketRow(
      "AUTH where no method was agreed on", "[MQTT-4.12.0-6]", bytes("F0 00"), .disconnect, 0x82,
      refusedFor: .packetUnexpected(.auth)),
    PacketRow(
      "AUTH that continues", "§4.12", bytes("F0 07 18 05 15 0002 'me'"), .disconnect, 0x82,
      refusedFor: .packetUnexpected(.auth)),
    PacketRow(
      "AUTH with flags", "[MQTT-3.15.1-1]", bytes("F1 00"), .disconnect, 0x81,
      refusedFor: .flagsInvalid(.auth, flags: 1)),
    PacketRow(
      "flags that PUBREL does not have", "[MQTT-3.6.1-1]", bytes("60 02 0001"), .disconnect, 0x81,
      refusedFor: .flagsInvalid(.pubrel, flags: 0)),
    PacketRow(
      "a second CONNECT", "[MQTT-3.1.0-2]", bytes("10 0D 0004 'MQTT' 05 02 0000 00 0000"), .disconnect, 0x82,
      refusedFor: .connectRepeated),
    PacketRow(
      "a packet past the limit", "§3.1.2.11.4", bytes("30 FFFF7F"), .disconnect, 0x95,
      refusedFor: .packetTooLarge(bytes: 2_097_155, limit: 262_144)),
  ]

  @Test(arguments: told)
  func `tells a 5.0 device why it closes [MQTT-4.13.1-1]`(row: PacketRow) {
    row.check(on: .connected(.v5))
  }

  @Test(arguments: PacketKind.allCases)
  func `closes on flags that a packet does not have`(kind: PacketKind) {
    guard let required = kind.requiredFlags else { return }
    for flags in UInt8(0)..<16 where flags != required {
      PacketRow(
        "\(kind)", "[MQTT-2.2.2-2]", [kind.rawValue << 4 | flags], refusedFor: .flagsInvalid(kind, flags: flags)
      ).check(on: .connected())
    }
  }

  @Test func `closes on a packet past the limit before its fields arrive`() {
    var limits = SessionLimits()
    limits.maximumPacketBytes = 200
    PacketRow("201 bytes", "the limit", bytes("30 C601"), refusedFor: .packetTooLarge(bytes: 201, limit: 200))
      .check(on: .connected(limits: limits))
    PacketRow(
      "the longest of all", "§2.2.3", bytes("30 FFFFFF7F"), refusedFor: .packetTooLarge(bytes: 268_435_460, limit: 200)
    ).check(on: .connected(limits: limits))
  }

  @Test func `takes a packet as large as the limit`() {
    var limits = SessionLimits()
    limits.maximumPacketBytes = 200
    var conversation = Conversation.connected(limits: limits)
    conversation.device(sends: packet(0x30, bytes("0001 'a'") + Array(repeating: 1, count: 194)))
    #expect(conversation.actions.publishes.map(\.payload.count) == [194])
  }
}
