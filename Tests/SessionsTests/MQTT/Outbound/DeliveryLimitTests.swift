import Model
import Testing

@testable import Sessions

/// Messages that a device is never sent: too many, too large, too old.
struct DeliveryLimitTests {
  private static func dropped(_ actions: [SessionAction]) -> [SessionDelivery] {
    actions.compactMap { action in if case .dropped(let delivery) = action { delivery } else { nil } }
  }

  // MARK: The queue

  @Test func `drops what is past the queue's length, the newest, and says so`() {
    var conversation = Conversation.connected(limits: .with { $0.maximumQueued = 2 })
    conversation.setWritable(false)
    let late = SessionDelivery.make("a", "3", sequence: 3)
    conversation.deliver(.make("a", "1"), .make("a", "2"), late)
    #expect(conversation.takeActions() == [.dropped(late), .finished(sequence: 3)])
    conversation.setWritable(true)
    #expect(conversation.actions.packets.map { $0.last } == [0x31, 0x32])
  }

  @Test func `what is in memory only is dropped without a place`() {
    var conversation = Conversation.connected(limits: .with { $0.maximumQueued = 0 })
    let delivery = SessionDelivery.make()
    conversation.deliver(delivery)
    #expect(conversation.actions == [.dropped(delivery)])
  }

  @Test func `drops what is past the queue's bytes, and counts what left it no more`() {
    let one = SessionDelivery.make("a", String(repeating: "x", count: 935))
    #expect(one.byteCount == 1_000)
    var conversation = Conversation.connected(limits: .with { $0.maximumQueuedBytes = 2_000 })
    for _ in 0..<3 {
      conversation.setWritable(false)
      conversation.deliver(one, one, one)
      #expect(Self.dropped(conversation.takeActions()) == [one])
      conversation.setWritable(true)
      #expect(conversation.takeActions().packets.count == 2)
    }
  }

  @Test func `what is under way is not in the queue`() {
    var conversation = Conversation.connected(limits: .with { $0.maximumQueued = 1 })
    for _ in 0..<50 { conversation.deliver(.make()) }
    #expect(Self.dropped(conversation.actions) == [])
    #expect(conversation.actions.packets.count == 50)
  }

  // MARK: Maximum Packet Size

  /// A PUBLISH of QoS 0 to `a` of 5.0 has 6 bytes and its payload's.
  static let sizes: [(maximum: String, payload: Int, fits: Bool)] = [
    ("27 00000028", 34, true), ("27 00000028", 35, false), ("27 00000085", 127, false), ("27 00000086", 127, true),
    ("27 FFFFFFFF", 100_000, true), ("", 100_000, true),
  ]

  @Test(arguments: sizes)
  func `drops what is larger than the device takes [MQTT-3.1.2-24]`(maximum: String, payload: Int, fits: Bool) {
    var conversation = Conversation.connected(.v5, maximum)
    let delivery = SessionDelivery.make("a", String(repeating: "x", count: payload), qos: .atMostOnce)
    conversation.deliver(delivery)
    #expect((Self.dropped(conversation.actions) == []) == fits)
    #expect(conversation.actions.packets.count == (fits ? 1 : 0))
  }

  @Test(arguments: [QualityOfService.atLeastOnce, .exactlyOnce])
  func `behaves as if it had been sent, and keeps no room for it [MQTT-3.1.2-25]`(qos: QualityOfService) {
    var conversation = Conversation.connected(.v5, "27 00000010 21 0001")
    let large = SessionDelivery.make("a", "more than sixteen bytes", qos: qos, sequence: 1)
    conversation.deliver(large, .make("a", "!", qos: qos))
    #expect(conversation.actions.prefix(2) == [.dropped(large), .finished(sequence: 1)])
    #expect(conversation.actions.packets.count == 1)
  }

  @Test func `a reason in words is left out of a DISCONNECT where it does not fit [MQTT-3.14.2-3]`() {
    var conversation = Conversation.connected(.v5, "27 00000010")
    conversation.device(sends: bytes("00 00"))
    #expect(conversation.actions.sent == bytes("E0 02 81 00"))
  }

  // MARK: Message Expiry Interval

  @Test func `says how long a message will still be of use [MQTT-3.3.2-6]`() {
    var conversation = Conversation.connected(.v5)
    let arrived = conversation.now
    conversation.pass(.milliseconds(10_900))
    conversation.deliver(.make(qos: .atMostOnce, properties: [.messageExpiryInterval(60)], arrived: arrived))
    #expect(conversation.actions.sent == packet(0x30, bytes("0001 'a'") + properties("02 00000032") + bytes("'!'")))
  }

  @Test(arguments: MQTTVersion.allCases)
  func `drops a message that is of no use any more [MQTT-3.3.2-5]`(version: MQTTVersion) {
    var conversation = Conversation.connected(version)
    conversation.setWritable(false)
    let old = SessionDelivery.make(
      properties: [.messageExpiryInterval(10)], sequence: 1, arrived: conversation.now)
    conversation.deliver(old, .make())
    conversation.pass(.seconds(10))
    conversation.setWritable(true)
    #expect(conversation.actions.prefix(2) == [.dropped(old), .finished(sequence: 1)])
    #expect(conversation.actions.packets.count == 1)
  }

  @Test func `a moment earlier it is of use`() {
    var conversation = Conversation.connected(.v5)
    conversation.setWritable(false)
    conversation.deliver(.make(properties: [.messageExpiryInterval(10)], arrived: conversation.now))
    conversation.pass(.milliseconds(9_999))
    conversation.setWritable(true)
    #expect(conversation.actions.packets.count == 1)
  }
}
