import Model
import Testing

@testable import Sessions

/// Messages for a device, byte by byte (MQTT 5 §3.3).
struct DeliveryTests {
  /// One delivery and the PUBLISH that it becomes.
  struct Row: Sendable, CustomTestStringConvertible {
    var clause: String
    var delivery: SessionDelivery
    var golden: [UInt8]

    init(_ clause: String, _ delivery: SessionDelivery, _ golden: [UInt8]) {
      (self.clause, self.delivery, self.golden) = (clause, delivery, golden)
    }

    var testDescription: String { clause }
  }

  private static let everything: [MessageProperty] = [
    .contentType("c"), .userProperty(name: "k", value: "v"), .payloadFormatIndicator(1), .correlationData([0, 255]),
    .responseTopic(topic("r")), .userProperty(name: "k", value: "v"),
  ]

  static let version3: [Row] = [
    Row("QoS 0", .make("a/b", "hi", qos: .atMostOnce), bytes("30 07 0003 'a/b' 'hi'")),
    Row("QoS 1 [MQTT-2.3.1-2]", .make("a/b", "hi"), bytes("32 09 0003 'a/b' 0001 'hi'")),
    Row("QoS 2 [MQTT-2.3.1-2]", .make("a/b", "hi", qos: .exactlyOnce), bytes("34 09 0003 'a/b' 0001 'hi'")),
    Row("retained [MQTT-3.3.1-8]", .make(retain: true), bytes("33 06 0001 'a' 0001 '!'")),
    Row("no payload", .make("a", "", qos: .atMostOnce), bytes("30 03 0001 'a'")),
    Row("no properties in 3.1.1", .make(properties: everything, identifiers: [1]), bytes("32 06 0001 'a' 0001 '!'")),
    Row(
      "a longer remaining length", .make("a", String(repeating: "x", count: 200), qos: .atMostOnce),
      packet(0x30, bytes("0001 'a'") + Array(repeating: 0x78, count: 200))),
  ]

  static let version5: [Row] = [
    Row("QoS 0", .make("a/b", "hi", qos: .atMostOnce), bytes("30 08 0003 'a/b' 00 'hi'")),
    Row("QoS 1", .make("a/b", "hi"), bytes("32 0A 0003 'a/b' 0001 00 'hi'")),
    Row("QoS 2, retained", .make(qos: .exactlyOnce, retain: true), bytes("35 07 0001 'a' 0001 00 '!'")),
    Row(
      "all properties in their order [MQTT-3.3.2-18]", .make(qos: .atMostOnce, properties: everything),
      packet(
        0x30,
        bytes("0001 'a'")
          + properties("03 0001 'c' 26 0001 'k' 0001 'v' 01 01 09 0002 00FF 08 0001 'r' 26 0001 'k' 0001 'v'")
          + bytes("'!'"))),
    Row(
      "subscription identifiers [MQTT-3.3.4-3]", .make(qos: .atMostOnce, identifiers: [1, 127, 128, 268_435_455]),
      packet(0x30, bytes("0001 'a'") + properties("0B 01 0B 7F 0B 8001 0B FFFFFF7F") + bytes("'!'"))),
    Row(
      "a long property", .make(qos: .atMostOnce, properties: [.contentType(String(repeating: "c", count: 200))]),
      packet(0x30, bytes("0001 'a' CB01 03 00C8") + Array(repeating: 0x63, count: 200) + bytes("'!'"))),
  ]

  @Test(arguments: version3)
  func `a message becomes a PUBLISH of 3.1.1`(row: Row) {
    var conversation = Conversation.connected()
    conversation.deliver(row.delivery)
    #expect(conversation.actions == [.send(row.golden)])
  }

  @Test(arguments: version5)
  func `a message becomes a PUBLISH of 5.0`(row: Row) {
    var conversation = Conversation.connected(.v5)
    conversation.deliver(row.delivery)
    #expect(conversation.actions == [.send(row.golden)])
  }

  // MARK: Its answers

  @Test(arguments: MQTTVersion.allCases)
  func `a message has reached its end with its PUBACK, and once`(version: MQTTVersion) {
    var conversation = Conversation.connected(version)
    conversation.deliver(.make(sequence: 7), .make(sequence: 8))
    _ = conversation.takeActions()
    conversation.device(sends: bytes("40 02 0002"))
    #expect(conversation.takeActions() == [.finished(sequence: 8)])
    conversation.device(sends: bytes("40 02 0002 40 02 0001"))
    #expect(conversation.takeActions() == [.finished(sequence: 7)])
  }

  @Test func `one that a device of 5.0 refuses has reached its end too`() {
    var conversation = Conversation.connected(.v5)
    conversation.deliver(.make(sequence: 7))
    _ = conversation.takeActions()
    conversation.device(sends: bytes("40 03 0001 87"))
    #expect(conversation.actions == [.finished(sequence: 7)])
  }

  @Test func `one that is in memory only ends without a word`() {
    var conversation = Conversation.connected()
    conversation.deliver(.make())
    _ = conversation.takeActions()
    conversation.device(sends: bytes("40 02 0001"))
    #expect(conversation.actions.isEmpty)
  }

  @Test(arguments: MQTTVersion.allCases)
  func `the four packets of QoS 2 [MQTT-4.3.3-4]`(version: MQTTVersion) {
    var conversation = Conversation.connected(version)
    conversation.deliver(.make(qos: .exactlyOnce, sequence: 7))
    _ = conversation.takeActions()
    conversation.device(sends: bytes("50 02 0001"))
    #expect(conversation.takeActions() == [.send(bytes("62 02 0001"))])
    conversation.device(sends: bytes("50 02 0001"))
    #expect(conversation.takeActions() == [.send(bytes("62 02 0001"))], "PUBREC came twice")
    conversation.device(sends: bytes("70 02 0001"))
    #expect(conversation.takeActions() == [.finished(sequence: 7)])
    conversation.device(sends: bytes("70 02 0001"))
    #expect(conversation.takeActions() == [])
  }

  @Test func `a PUBREC that refuses ends it, and no PUBREL follows [MQTT-4.3.3-4]`() {
    var conversation = Conversation.connected(.v5)
    conversation.deliver(.make(qos: .exactlyOnce, sequence: 7))
    _ = conversation.takeActions()
    conversation.device(sends: bytes("50 03 0001 97"))
    #expect(conversation.actions == [.finished(sequence: 7)])
  }

  @Test func `no PUBACK for QoS 2, and no PUBREC for QoS 1`() {
    var conversation = Conversation.connected(.v5)
    conversation.deliver(.make(sequence: 1), .make(qos: .exactlyOnce, sequence: 2))
    _ = conversation.takeActions()
    conversation.device(sends: bytes("40 02 0002 50 02 0001 70 02 0001"))
    #expect(conversation.takeActions() == [.send(bytes("62 03 0001 92"))])
    conversation.device(sends: bytes("40 02 0001 50 02 0002 70 02 0002"))
    #expect(
      conversation.actions == [.finished(sequence: 1), .send(bytes("62 02 0002")), .finished(sequence: 2)])
  }
}
