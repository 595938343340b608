import Model
import Testing

@testable import Sessions

/// How many messages a device has under way to it, and what waits meanwhile.
struct DeliveryWindowTests {
  /// The packet identifiers of the PUBLISHes to `a` that were sent, 0 for QoS 0.
  private static func sent(_ conversation: inout Conversation) -> [UInt8] {
    conversation.takeActions().packets.filter { $0[0] >> 4 == 3 }.map { $0[0] & 0x06 == 0 ? 0 : $0[6] }
  }

  @Test func `no more than Receive Maximum are under way [MQTT-3.3.4-9]`() {
    var conversation = Conversation.connected(.v5, "21 0002")
    for _ in 0..<5 { conversation.deliver(.make()) }
    #expect(Self.sent(&conversation) == [1, 2])
    #expect(!conversation.session.hasNext)
    conversation.device(sends: bytes("40 02 0001"))
    #expect(Self.sent(&conversation) == [3])
    conversation.device(sends: bytes("40 02 0002 40 02 0003"))
    #expect(Self.sent(&conversation) == [4, 5])
  }

  @Test(arguments: [("", 100), ("21 0064", 100), ("21 FFFF", 100), ("21 0001", 1)])
  func `no more than the gateway's own limit either`(golden: String, count: Int) {
    var conversation = Conversation.connected(.v5, golden)
    for _ in 0..<120 { conversation.deliver(.make()) }
    #expect(conversation.actions.packets.count == count)
  }

  @Test func `a device of 3.1.1 has the gateway's limit`() {
    var conversation = Conversation.connected(limits: .with { $0.maximumInFlight = 3 })
    for _ in 0..<5 { conversation.deliver(.make()) }
    #expect(Self.sent(&conversation) == [1, 2, 3])
  }

  @Test func `QoS 2 is under way until its PUBCOMP`() {
    var conversation = Conversation.connected(.v5, "21 0001")
    conversation.deliver(.make(qos: .exactlyOnce), .make(qos: .exactlyOnce))
    #expect(Self.sent(&conversation) == [1])
    conversation.device(sends: bytes("50 02 0001"))
    #expect(conversation.takeActions() == [.send(bytes("62 02 0001"))])
    conversation.device(sends: bytes("70 02 0001"))
    #expect(Self.sent(&conversation) == [2])
  }

  @Test func `a PUBREC that refuses makes room`() {
    var conversation = Conversation.connected(.v5, "21 0001")
    conversation.deliver(.make(qos: .exactlyOnce), .make())
    _ = conversation.takeActions()
    conversation.device(sends: bytes("50 03 0001 80"))
    #expect(Self.sent(&conversation) == [2])
  }

  @Test func `QoS 0 goes when its turn comes, and needs no room`() {
    var conversation = Conversation.connected(.v5, "21 0001")
    conversation.deliver(.make(qos: .atMostOnce), .make(), .make(qos: .atMostOnce), .make(), .make(qos: .atMostOnce))
    #expect(Self.sent(&conversation) == [0, 1, 0])
    conversation.device(sends: bytes("40 02 0001"))
    #expect(Self.sent(&conversation) == [2, 0])
  }

  @Test func `a full window delays nothing but messages [MQTT-3.3.4-10]`() {
    var conversation = Conversation.connected(.v5, "21 0001")
    conversation.deliver(.make(), .make())
    _ = conversation.takeActions()
    conversation.device(sends: bytes("C0 00 62 02 0009"))
    conversation.answerSubscribe(1, 0)
    #expect(conversation.actions.sent == bytes("D0 00 70 03 0009 92 90 04 0001 00 00"))
  }

  @Test func `identifiers go round and pass over those that are under way [MQTT-2.2.1-4]`() {
    var conversation = Conversation.connected(limits: .with { $0.maximumInFlight = 2 })
    conversation.deliver(.make())
    _ = conversation.takeActions()
    for number in 2...65_535 {
      conversation.deliver(.make("a", ""))
      conversation.device(sends: [0x40, 2, UInt8(number >> 8), UInt8(number & 255)])
    }
    #expect(conversation.takeActions().packets.last?.suffix(2) == [0xFF, 0xFF])
    conversation.deliver(.make("a", ""))
    #expect(conversation.takeActions().sent == bytes("32 05 0001 'a' 0002"))
  }

  // MARK: A connection that takes no more

  @Test func `waits while the connection takes no more, and goes on in order`() {
    var conversation = Conversation.connected()
    conversation.setWritable(false)
    conversation.deliver(.make("a", "1"), .make("a", "2", qos: .atMostOnce), .make("a", "3"))
    #expect(conversation.actions.isEmpty)
    #expect(!conversation.session.hasNext)
    conversation.setWritable(true)
    #expect(
      conversation.actions.packets == [
        bytes("32 06 0001 'a' 0001 '1'"), bytes("30 04 0001 'a' '2'"), bytes("32 06 0001 'a' 0002 '3'"),
      ])
  }

  @Test func `answers do not wait for it`() {
    var conversation = Conversation.connected()
    conversation.setWritable(false)
    conversation.device(sends: bytes("C0 00"))
    #expect(conversation.actions == [.send(bytes("D0 00"))])
  }

  @Test func `writes some 64 KiB in one go, and the rest when it is asked to`() {
    var conversation = Conversation.connected()
    conversation.setWritable(false)
    for _ in 0..<20 { conversation.deliver(.make("a", String(repeating: "x", count: 10_000), qos: .atMostOnce)) }
    conversation.setWritable(true)
    #expect(conversation.takeActions().packets.count == 7)
    #expect(conversation.session.hasNext)
    conversation.sendNext()
    conversation.sendNext()
    #expect(conversation.takeActions().packets.count == 13)
    #expect(!conversation.session.hasNext)
  }

  // MARK: Room that is made while messages of the device are put off

  @Test func `a PUBACK that was put off makes room when its turn comes`() {
    var conversation = Conversation.connected(
      limits: .with { limits in (limits.maximumUnsettled, limits.maximumInFlight) = (1, 1) })
    conversation.deliver(.make("a", "1"), .make("a", "2"))
    conversation.device(sends: bytes("32 06 0001 'a' 0001 '!' 40 02 0001"))
    let token = conversation.takeActions().publishes.first?.token
    conversation.settle(token)
    #expect(
      conversation.actions == [
        .send(bytes("40 02 0001")), .resumeReading, .send(bytes("32 06 0001 'a' 0002 '2'")),
      ])
  }

  @Test func `nothing is sent behind the end, whatever room it makes`() {
    var conversation = Conversation.connected(limits: .with { $0.maximumInFlight = 1 })
    conversation.deliver(.make(sequence: 1), .make(sequence: 2))
    _ = conversation.takeActions()
    conversation.device(sends: bytes("40 02 0001 E0 00"))
    #expect(conversation.actions.first == .finished(sequence: 1))
    #expect(conversation.actions.count == 2)
    #expect(conversation.actions.end != nil)
  }
}
