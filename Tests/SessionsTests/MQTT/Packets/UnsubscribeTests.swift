import Model
import Testing

@testable import Sessions

/// UNSUBSCRIBE and its answer.
struct UnsubscribeTests {
  private static func unsubscribed(_ packetID: UInt16, _ filters: String...) -> [SessionAction] {
    [.unsubscribe(SessionUnsubscribe(packetID: packetID, filters: filters.map(filter)))]
  }

  static let valid: [PacketRow] = [
    PacketRow("one filter", "§3.10.3", bytes("A2 07 0009 0003 'a/b'"), unsubscribed(9, "a/b")),
    PacketRow("two filters", "[MQTT-3.10.4-6]", bytes("A2 08 0009 0001 'a' 0001 'b'"), unsubscribed(9, "a", "b")),
  ]

  @Test(arguments: valid)
  func `hands an UNSUBSCRIBE to its owner`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let validFive: [PacketRow] = [
    PacketRow("one filter", "§3.10.3", bytes("A2 08 0009 00 0003 'a/b'"), unsubscribed(9, "a/b")),
    PacketRow(
      "a user property", "§3.10.2.1.2", bytes("A2 0D 0009 07 26 0001 'k' 0001 'v' 0001 'a'"), unsubscribed(9, "a")),
    PacketRow(
      "a shared subscription", "§4.8.2", packet(0xA2, bytes("0009 00") + text("$share/g/a")),
      unsubscribed(9, "$share/g/a")),
  ]

  @Test(arguments: validFive)
  func `hands an UNSUBSCRIBE of 5.0 to its owner`(row: PacketRow) {
    row.check(on: .connected(.v5))
  }

  static let broken: [PacketRow] = [
    PacketRow("no filter", "[MQTT-3.10.3-2]", bytes("A2 02 0001"), refusedFor: .filtersMissing(.unsubscribe)),
    PacketRow("a cut filter", "§1.5.3", bytes("A2 05 0001 0002 'a'"), refusedFor: .packetTruncated(.unsubscribe)),
    PacketRow(
      "packet identifier 0", "[MQTT-2.3.1-1]", bytes("A2 05 0000 0001 'a'"), refusedFor: .packetIDZero(.unsubscribe)),
  ]

  @Test(arguments: broken)
  func `closes without a word on a broken UNSUBSCRIBE of 3.1.1`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let brokenFive: [PacketRow] = [
    PacketRow(
      "no filter", "[MQTT-3.10.3-2]", bytes("A2 03 0001 00"), .disconnect, 0x82,
      refusedFor: .filtersMissing(.unsubscribe)),
    PacketRow(
      "packet identifier 0", "[MQTT-2.2.1-3]", bytes("A2 06 0000 00 0001 'a'"), .disconnect, 0x82,
      refusedFor: .packetIDZero(.unsubscribe)),
    PacketRow(
      "a subscription identifier", "§3.10.2.1", bytes("A2 08 0001 02 0B01 0001 'a'"), .disconnect, 0x81,
      refusedFor: .propertyUnknown(.unsubscribe, identifier: 0x0B)),
    PacketRow(
      "an empty filter", "[MQTT-4.7.3-1]", bytes("A2 05 0001 00 0000"), .disconnect, 0x81,
      refusedFor: .filterInvalid(reason: "it is empty")),
  ]

  @Test(arguments: brokenFive)
  func `closes on a broken UNSUBSCRIBE of 5.0, and says why`(row: PacketRow) {
    row.check(on: .connected(.v5))
  }

  @Test func `answers without codes in 3.1.1 [MQTT-3.10.4-4]`() {
    var conversation = Conversation.connected()
    conversation.answerUnsubscribe(0x1234, 0, 0x11)
    #expect(conversation.actions == [.send(bytes("B0 02 1234"))])
  }

  @Test func `answers each filter with its code in 5.0 [MQTT-3.11.3-1]`() {
    var conversation = Conversation.connected(.v5)
    conversation.answerUnsubscribe(0x1234, 0, 0x11, 0x87)
    #expect(conversation.actions == [.send(bytes("B0 06 1234 00 00 11 87"))])
  }
}
