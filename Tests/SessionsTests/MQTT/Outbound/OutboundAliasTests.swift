import Model
import Testing

@testable import Sessions

/// Numbers that stand for the topics of what a device is sent (MQTT 5 §3.3.2.3.4).
struct OutboundAliasTests {
  private static func publish(_ name: String, _ golden: String) -> [UInt8] {
    packet(0x30, text(name) + properties(golden) + bytes("'!'"))
  }

  private static func make(_ name: String, _ payload: String = "!") -> SessionDelivery {
    .make(name, payload, qos: .atMostOnce)
  }

  @Test func `the first message of a topic sets its alias, later ones have it alone`() {
    var conversation = Conversation.connected(.v5, "22 0002")
    conversation.deliver(Self.make("a"), Self.make("b"), Self.make("a"), Self.make("b"))
    #expect(
      conversation.actions.packets == [
        Self.publish("a", "23 0001"), Self.publish("b", "23 0002"), Self.publish("", "23 0001"),
        Self.publish("", "23 0002"),
      ])
  }

  @Test func `topics past the maximum have none [MQTT-3.1.2-26]`() {
    var conversation = Conversation.connected(.v5, "22 0001")
    conversation.deliver(Self.make("a"), Self.make("b"), Self.make("b"), Self.make("a"))
    #expect(
      conversation.actions.packets == [
        Self.publish("a", "23 0001"), Self.publish("b", ""), Self.publish("b", ""), Self.publish("", "23 0001"),
      ])
  }

  @Test(arguments: ["", "22 0000"])
  func `a device that takes none is sent none [MQTT-3.1.2-27]`(golden: String) {
    var conversation = Conversation.connected(.v5, golden)
    conversation.deliver(Self.make("a"), Self.make("a"))
    #expect(conversation.actions.packets == [Self.publish("a", ""), Self.publish("a", "")])
  }

  @Test func `no more than the gateway's own limit`() {
    var conversation = Conversation.connected(.v5, "22 FFFF", limits: .with { $0.maximumTopicAliases = 1 })
    conversation.deliver(Self.make("a"), Self.make("b"))
    #expect(conversation.actions.packets == [Self.publish("a", "23 0001"), Self.publish("b", "")])
  }

  @Test func `the alias comes before what travels`() {
    var conversation = Conversation.connected(.v5, "22 0001")
    conversation.deliver(.make(qos: .atMostOnce, properties: [.contentType("c")], identifiers: [5]))
    #expect(conversation.actions.packets == [Self.publish("a", "23 0001 0B 05 03 0001 'c'")])
  }

  @Test func `a message that is too large teaches no alias`() {
    var conversation = Conversation.connected(.v5, "22 0002 27 00000010")
    conversation.deliver(Self.make("a", "more than sixteen bytes"), Self.make("b"), Self.make("a"))
    #expect(conversation.actions.packets == [Self.publish("b", "23 0001"), Self.publish("a", "23 0002")])
  }

  @Test func `a message that only an alias makes too large goes without`() {
    // 2 and 3 and 1 and 10 bytes; an alias takes 3 more.
    var conversation = Conversation.connected(.v5, "22 0002 27 00000010")
    conversation.deliver(Self.make("a", "0123456789"), Self.make("b"))
    #expect(
      conversation.actions.packets == [
        packet(0x30, bytes("0001 'a' 00 '0123456789'")), Self.publish("b", "23 0001"),
      ])
  }

  @Test func `an alias ends with its connection, and what is sent again has its topic`() {
    var first = Conversation.connected(.v5, "22 0001")
    first.deliver(.make(), .make())
    let second = Conversation.resumed(first.takeRemains(), .v5, "22 0001")
    #expect(
      second.actions.packets.dropFirst() == [
        packet(0x3A, bytes("0001 'a' 0001 03 23 0001 '!'")), packet(0x3A, bytes("0000 0002 03 23 0001 '!'")),
      ])
  }
}
