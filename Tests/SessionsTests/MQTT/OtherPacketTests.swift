import Model
import Testing

@testable import Sessions

/// Everything that is neither CONNECT nor PUBLISH.
struct OtherPacketTests {
  static let valid: [PacketRow] = [
    PacketRow("PINGREQ", "[MQTT-3.12.4-1]", bytes("C0 00"), [.send(bytes("D0 00"))]),
    PacketRow(
      "DISCONNECT", "[MQTT-3.14.4-2]", bytes("E0 00"),
      [.close(SessionEnd(reason: .disconnected, text: "the device said DISCONNECT"))]),
    PacketRow(
      "what follows a DISCONNECT", "[MQTT-3.14.4-2]", bytes("E0 00 30 03 0001 'a'"),
      [.close(SessionEnd(reason: .disconnected, text: "the device said DISCONNECT"))]),
    PacketRow(
      "one filter", "[MQTT-3.8.4-2]", bytes("82 08 0001 0003 'a/b' 01"), [.send(bytes("90 03 0001 80"))]),
    PacketRow(
      "three filters, one answer each", "[MQTT-3.8.4-5]", bytes("82 0F 1234 0001 'a' 00 0002 '+/' 01 0001 '#' 02"),
      [.send(bytes("90 05 1234 80 80 80"))]),
    PacketRow(
      "as many filters as need a longer SUBACK", "§2.2.3",
      packet(0x82, bytes("0001") + Array(repeating: bytes("0001 'a' 00"), count: 130).joined()),
      [.send(bytes("90 8401 0001") + Array(repeating: 0x80, count: 130))]),
    PacketRow("UNSUBSCRIBE", "[MQTT-3.10.4-4]", bytes("A2 07 0009 0003 'a/b'"), [.send(bytes("B0 02 0009"))]),
    PacketRow(
      "UNSUBSCRIBE of two", "[MQTT-3.10.4-6]", bytes("A2 08 0009 0001 'a' 0001 'b'"), [.send(bytes("B0 02 0009"))]),
    PacketRow(
      "several packets in one piece", "[MQTT-4.6.0-2]", bytes("C0 00 82 06 0001 0001 'a' 01 C0 00"),
      [.send(bytes("D0 00")), .send(bytes("90 03 0001 80")), .send(bytes("D0 00"))]),
  ]

  @Test(arguments: valid)
  func `answers a valid packet`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let broken: [PacketRow] = [
    PacketRow("packet type 0", "§2.2.1", bytes("00 00"), refusedFor: .kindReserved(0)),
    PacketRow("packet type 15", "§2.2.1", bytes("F0 00"), refusedFor: .kindReserved(15)),
    PacketRow(
      "a remaining length of five bytes", "§2.2.3", bytes("30 80808080 01"), refusedFor: .remainingLengthMalformed),
    PacketRow("PINGREQ with a field", "§3.12", bytes("C0 01 00"), refusedFor: .packetOverlong(.pingreq)),
    PacketRow("DISCONNECT with a field", "§3.14", bytes("E0 01 00"), refusedFor: .packetOverlong(.disconnect)),
    PacketRow(
      "SUBSCRIBE without a filter", "[MQTT-3.8.3-3]", bytes("82 02 0001"), refusedFor: .filtersMissing(.subscribe)),
    PacketRow(
      "SUBSCRIBE with packet identifier 0", "[MQTT-2.3.1-1]", bytes("82 06 0000 0001 'a' 00"),
      refusedFor: .packetIDZero(.subscribe)),
    PacketRow(
      "SUBSCRIBE without a QoS", "§3.8.3", bytes("82 05 0001 0001 'a'"), refusedFor: .packetTruncated(.subscribe)),
    PacketRow(
      "SUBSCRIBE with QoS 3", "[MQTT-3-8.3-4]", bytes("82 06 0001 0001 'a' 03"), refusedFor: .qosInvalid(.subscribe)),
    PacketRow(
      "SUBSCRIBE with reserved bits", "[MQTT-3-8.3-4]", bytes("82 06 0001 0001 'a' 05"),
      refusedFor: .subscriptionOptionsInvalid),
    PacketRow(
      "SUBSCRIBE to an empty filter", "[MQTT-4.7.3-1]", bytes("82 05 0001 0000 00"),
      refusedFor: .filterInvalid(reason: "it is empty")),
    PacketRow(
      "SUBSCRIBE with # in the middle", "[MQTT-4.7.1-2]", bytes("82 08 0001 0003 '#/a' 00"),
      refusedFor: .filterInvalid(reason: "'#' stands alone in the last level")),
    PacketRow(
      "SUBSCRIBE with + beside a letter", "[MQTT-4.7.1-3]", bytes("82 07 0001 0002 'a+' 00"),
      refusedFor: .filterInvalid(reason: "'+' stands alone in its level")),
    PacketRow(
      "SUBSCRIBE to what is not UTF-8", "[MQTT-3.8.3-1]", bytes("82 06 0001 0001 FF 00"), refusedFor: .textInvalid),
    PacketRow(
      "UNSUBSCRIBE without a filter", "[MQTT-3.10.3-2]", bytes("A2 02 0001"), refusedFor: .filtersMissing(.unsubscribe)),
    PacketRow(
      "UNSUBSCRIBE with a cut filter", "§1.5.3", bytes("A2 05 0001 0002 'a'"),
      refusedFor: .packetTruncated(.unsubscribe)),
    PacketRow("CONNACK", "§3.2", bytes("20 02 0000"), refusedFor: .packetUnexpected(.connack)),
    PacketRow("PUBACK of nothing", "§3.4", bytes("40 02 0001"), refusedFor: .packetUnexpected(.puback)),
    PacketRow("PUBREC", "§3.5", bytes("50 02 0001"), refusedFor: .packetUnexpected(.pubrec)),
    PacketRow("PUBREL", "§3.6", bytes("62 02 0001"), refusedFor: .packetUnexpected(.pubrel)),
    PacketRow("PUBCOMP", "§3.7", bytes("70 02 0001"), refusedFor: .packetUnexpected(.pubcomp)),
    PacketRow("SUBACK", "§3.9", bytes("90 03 0001 00"), refusedFor: .packetUnexpected(.suback)),
    PacketRow("UNSUBACK", "§3.11", bytes("B0 02 0001"), refusedFor: .packetUnexpected(.unsuback)),
    PacketRow("PINGRESP", "§3.13", bytes("D0 00"), refusedFor: .packetUnexpected(.pingresp)),
  ]

  @Test(arguments: broken)
  func `closes on a broken packet`(row: PacketRow) {
    row.check(on: .connected())
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
