import Model
import Testing

@testable import Sessions

/// DISCONNECT of a device: what becomes of its will and of its session.
struct DisconnectTests {
  private static func left(discardsWill: Bool = true, sessionExpiryInterval: UInt32? = nil) -> [SessionAction] {
    var end = SessionEnd(reason: .disconnected, text: "the device said DISCONNECT")
    end.discardsWill = discardsWill
    end.sessionExpiryInterval = sessionExpiryInterval
    return [.close(end)]
  }

  static let version3: [PacketRow] = [
    PacketRow("takes back its will", "[MQTT-3.14.4-3]", bytes("E0 00"), left()),
    PacketRow("what follows it is not heard", "[MQTT-3.14.4-2]", bytes("E0 00 30 03 0001 'a'"), left()),
    PacketRow("a reason of 5.0", "§3.14", bytes("E0 01 00"), refusedFor: .packetOverlong(.disconnect)),
    PacketRow("flags", "[MQTT-3.14.1-1]", bytes("E1 00"), refusedFor: .flagsInvalid(.disconnect, flags: 1)),
  ]

  @Test(arguments: version3)
  func `is two bytes in 3.1.1`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let version5: [PacketRow] = [
    PacketRow("no reason is normal", "§3.14.2.1", bytes("E0 00"), left()),
    PacketRow("normal", "[MQTT-3.14.4-3]", bytes("E0 01 00"), left()),
    PacketRow("normal, with empty properties", "§3.14.2.2", bytes("E0 02 00 00"), left()),
    PacketRow("with its will", "§3.14.2.1", bytes("E0 01 04"), left(discardsWill: false)),
    PacketRow("an error", "§3.14.2.1", bytes("E0 01 80"), left(discardsWill: false)),
    PacketRow(
      "a longer session", "§3.14.2.2.2", bytes("E0 07 00 05 11 00000E10"), left(sessionExpiryInterval: 3_600)),
    PacketRow("a session that ends", "§3.14.2.2.2", bytes("E0 07 00 05 11 00000000"), left(sessionExpiryInterval: 0)),
    PacketRow(
      "a session without end", "§3.14.2.2.2", bytes("E0 07 04 05 11 FFFFFFFF"),
      left(discardsWill: false, sessionExpiryInterval: .max)),
    PacketRow("a reason in words", "§3.14.2.2.3", bytes("E0 07 00 05 1F 0002 'ok'"), left()),
    PacketRow("a user property", "§3.14.2.2.4", bytes("E0 09 00 07 26 0001 'k' 0001 'v'"), left()),
    PacketRow(
      "a reason of a server", "[MQTT-3.14.2-1]", bytes("E0 01 8B"), .disconnect, 0x81,
      refusedFor: .reasonInvalid(.disconnect, 0x8B)),
    PacketRow(
      "a reason that does not exist", "[MQTT-3.14.2-1]", bytes("E0 01 05"), .disconnect, 0x81,
      refusedFor: .reasonInvalid(.disconnect, 5)),
    PacketRow(
      "a Server Reference", "§3.14.2.2.5", bytes("E0 06 00 04 1C 0001 's'"), .disconnect, 0x81,
      refusedFor: .propertyUnknown(.disconnect, identifier: 0x1C)),
    PacketRow(
      "two expiry intervals", "§3.14.2.2.2", bytes("E0 0C 00 0A 11 00000001 11 00000002"), .disconnect, 0x82,
      refusedFor: .propertyRepeated(.disconnect, .sessionExpiryInterval)),
    PacketRow(
      "a cut property", "§2.2.2.2", bytes("E0 04 00 02 11 00"), .disconnect, 0x81,
      refusedFor: .packetTruncated(.disconnect)),
    PacketRow(
      "a byte behind the properties", "§3.14.2.2", bytes("E0 03 00 00 00"), .disconnect, 0x81,
      refusedFor: .packetOverlong(.disconnect)),
  ]

  @Test(arguments: version5)
  func `has a reason and properties in 5.0`(row: PacketRow) {
    row.check(on: .connected(.v5, "11 00000001"))
  }

  static let endsWithConnection: [PacketRow] = [
    PacketRow(
      "it cannot be kept after all", "§3.14.2.2.2", bytes("E0 07 00 05 11 00000001"), .disconnect, 0x82,
      refusedFor: .sessionExpiryRaised),
    PacketRow("it can end once more", "§3.14.2.2.2", bytes("E0 07 00 05 11 00000000"), left(sessionExpiryInterval: 0)),
  ]

  @Test(arguments: endsWithConnection)
  func `a session that was to end with its connection`(row: PacketRow) {
    row.check(on: .connected(.v5))
    row.check(on: .connected(.v5, "11 00000000"))
  }

  @Test func `a device that closes without a DISCONNECT leaves its will`() {
    for version in MQTTVersion.allCases {
      var conversation = Conversation.connected(version)
      conversation.deviceCloses()
      #expect(conversation.actions.end?.discardsWill == false)
    }
  }
}
