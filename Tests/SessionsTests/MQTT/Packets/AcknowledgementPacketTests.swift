import Model
import Testing

@testable import Sessions

/// PUBACK, PUBREC, PUBREL and PUBCOMP of a device, in all their forms (§3.4 to §3.7).
struct AcknowledgementPacketTests {
  private static let kinds: [PacketKind] = [.puback, .pubrec, .pubrel, .pubcomp]

  private static func first(_ kind: PacketKind) -> UInt8 { kind.rawValue << 4 | (kind.requiredFlags ?? 0) }

  /// What a session says to an acknowledgement of something that it does not know.
  private static func answer(_ kind: PacketKind, _ version: MQTTVersion) -> [SessionAction] {
    let reason = version == .v5 ? bytes("92") : []
    return switch kind {
    case .pubrec: [.send(packet(0x62, bytes("0007") + reason))]
    case .pubrel: [.send(packet(0x70, bytes("0007") + reason))]
    default: []
    }
  }

  /// Behind the packet identifier 7.
  static let forms = [
    "", "00", "00 00", "00 05 1F 0002 'no'", "00 07 26 0001 'k' 0001 'v'",
    "00 0E 26 0001 'k' 0001 'v' 26 0001 'k' 0001 'v'",
  ]

  @Test(arguments: forms, kinds)
  func `takes every form of 5.0`(form: String, kind: PacketKind) {
    let input = packet(Self.first(kind), bytes("0007") + bytes(form))
    PacketRow("\(kind) \(form)", "§3.4.2.1 §3.4.2.2", input, Self.answer(kind, .v5)).check(on: .connected(.v5))
  }

  @Test(arguments: kinds)
  func `takes two bytes in 3.1.1, no more and no less`(kind: PacketKind) {
    let first = Self.first(kind)
    PacketRow("\(kind)", "§3.4", packet(first, bytes("0007")), Self.answer(kind, .v3)).check(on: .connected())
    PacketRow("with a reason", "§3.4", packet(first, bytes("0007 00")), refusedFor: .packetOverlong(kind))
      .check(on: .connected())
    PacketRow("half", "§3.4", packet(first, bytes("00")), refusedFor: .packetTruncated(kind)).check(on: .connected())
    PacketRow("none", "[MQTT-2.3.1-1]", packet(first, bytes("0000")), refusedFor: .packetIDZero(kind))
      .check(on: .connected())
  }

  private static let allowed: [PacketKind: Set<UInt8>] = [
    .puback: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
    .pubrec: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
    .pubrel: [0x00, 0x92], .pubcomp: [0x00, 0x92],
  ]

  @Test(arguments: kinds)
  func `takes the reasons that a packet may have [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]`(
    kind: PacketKind
  ) {
    let taken = (UInt8.min...UInt8.max).filter { code in
      var conversation = Conversation.connected(.v5)
      conversation.device(sends: packet(Self.first(kind), bytes("0007") + [code]))
      return conversation.actions.end == nil
    }
    #expect(Set(taken) == Self.allowed[kind])
  }

  static let broken: [(form: String, code: UInt8, error: @Sendable (PacketKind) -> SessionError)] = [
    ("0000", 0x82, { .packetIDZero($0) }), ("00", 0x81, { .packetTruncated($0) }), ("", 0x81, { .packetTruncated($0) }),
    ("0007 01", 0x81, { .reasonInvalid($0, 1) }), ("0007 FF", 0x81, { .reasonInvalid($0, 255) }),
    ("0007 00 01", 0x81, { .packetTruncated($0) }), ("0007 00 00 00", 0x81, { .packetOverlong($0) }),
    ("0007 00 02 01 00", 0x81, { .propertyUnknown($0, identifier: 1) }),
    ("0007 00 05 11 00000001", 0x81, { .propertyUnknown($0, identifier: 0x11) }),
    ("0007 00 04 1F 0001 FF", 0x81, { _ in .textInvalid }),
  ]

  @Test(arguments: 0..<broken.count, kinds)
  func `closes on what is none of the forms`(row: Int, kind: PacketKind) {
    let (form, code, error) = Self.broken[row]
    let input = packet(Self.first(kind), bytes(form))
    PacketRow("\(kind) \(form)", "[MQTT-4.13.1-1]", input, .disconnect, code, refusedFor: error(kind))
      .check(on: .connected(.v5))
  }
}
