import Model
import Testing

@testable import Sessions

/// Numbers that a device lets stand for its topics (MQTT 5 §3.3.2.3.4).
struct InboundAliasTests {
  private static func publish(_ name: String, alias: UInt16) -> [UInt8] {
    packet(0x30, text(name) + [3, 0x23, UInt8(alias >> 8), UInt8(alias & 255)])
  }

  private static func names(_ conversation: Conversation) -> [String] {
    conversation.actions.publishes.compactMap(\.topic?.name)
  }

  /// A conversation in which 1 stands for `a` and 16 for `b`.
  private static func known() -> Conversation {
    var conversation = Conversation.connected(.v5)
    conversation.device(sends: publish("a", alias: 1) + publish("b", alias: 16))
    return conversation
  }

  @Test func `a topic with an alias is the topic`() {
    #expect(Self.names(Self.known()) == ["a", "b"])
  }

  @Test func `an alias alone is the topic that it was set for`() {
    var conversation = Self.known()
    conversation.device(sends: Self.publish("", alias: 16) + Self.publish("", alias: 1) + Self.publish("", alias: 1))
    #expect(Self.names(conversation) == ["a", "b", "b", "a", "a"])
  }

  @Test func `an alias stands for the topic that it was set for last`() {
    var conversation = Self.known()
    conversation.device(sends: Self.publish("c", alias: 1) + Self.publish("", alias: 1) + Self.publish("", alias: 16))
    #expect(Self.names(conversation) == ["a", "b", "c", "c", "b"])
  }

  @Test func `a topic without an alias changes none`() {
    var conversation = Self.known()
    conversation.device(sends: bytes("30 04 0001 'x' 00") + Self.publish("", alias: 1))
    #expect(Self.names(conversation) == ["a", "b", "x", "a"])
  }

  @Test func `an alias does not travel`() {
    #expect(Self.known().actions.publishes.allSatisfy { $0.properties.isEmpty })
  }

  @Test func `a repetition that is not passed on sets its alias all the same`() {
    var conversation = Conversation.connected(.v5)
    conversation.device(sends: bytes("32 06 0001 'a' 0001 00") + bytes("3A 09 0001 'a' 0001 03 23 0002"))
    conversation.device(sends: Self.publish("", alias: 2))
    #expect(Self.names(conversation) == ["a", "a"])
  }

  static let broken: [PacketRow] = [
    PacketRow(
      "alias 0", "[MQTT-3.3.2-8]", publish("a", alias: 0), .disconnect, 0x94,
      refusedFor: .topicAliasInvalid(0, limit: 16)),
    PacketRow(
      "alias 0 without a topic", "[MQTT-3.3.2-8]", publish("", alias: 0), .disconnect, 0x94,
      refusedFor: .topicAliasInvalid(0, limit: 16)),
    PacketRow(
      "an alias above the maximum", "[MQTT-3.3.2-9]", publish("a", alias: 17), .disconnect, 0x94,
      refusedFor: .topicAliasInvalid(17, limit: 16)),
    PacketRow(
      "the largest alias", "[MQTT-3.3.2-9]", publish("", alias: .max), .disconnect, 0x94,
      refusedFor: .topicAliasInvalid(.max, limit: 16)),
    PacketRow(
      "an alias that was never set", "§3.3.4", publish("", alias: 2), .disconnect, 0x82,
      refusedFor: .topicAliasUnknown(2)),
    PacketRow(
      "an alias between those that were set", "§3.3.4", publish("", alias: 15), .disconnect, 0x82,
      refusedFor: .topicAliasUnknown(15)),
    PacketRow(
      "neither a topic nor an alias", "§3.3.2.1", bytes("30 03 0000 00"), .disconnect, 0x82, refusedFor: .topicMissing),
    PacketRow(
      "a topic with a wildcard", "[MQTT-3.3.2-2]", publish("+", alias: 1), .disconnect, 0x81,
      refusedFor: .topicInvalid(reason: "a topic has no '+', '#' or NUL")),
  ]

  @Test(arguments: broken)
  func `closes on an alias that stands for nothing`(row: PacketRow) {
    var conversation = Self.known()
    _ = conversation.takeActions()
    row.check(on: conversation)
  }

  @Test func `an alias that was never set at all is unknown too`() {
    PacketRow(
      "the first one", "§3.3.4", Self.publish("", alias: 1), .disconnect, 0x82, refusedFor: .topicAliasUnknown(1)
    ).check(on: .connected(.v5))
  }

  @Test func `where none is offered, none is taken`() {
    PacketRow(
      "alias 1", "[MQTT-3.2.2-18]", Self.publish("a", alias: 1), .disconnect, 0x94,
      refusedFor: .topicAliasInvalid(1, limit: 0)
    ).check(on: .connected(.v5, limits: .with { $0.maximumTopicAliases = 0 }))
  }

  @Test func `aliases end with their connection`() {
    var first = Self.known()
    var second = Conversation.resumed(first.takeRemains(), .v5)
    second.device(sends: Self.publish("", alias: 1))
    #expect(second.actions.end == SessionEnd(.topicAliasUnknown(1)))
  }
}
