import Model
import Testing

/// The properties that travel with a message: as bytes, and as they age (MQTT 5 §3.3.2.3).
struct MessagePropertyTests {
  private static func topic(_ name: String) -> Topic {
    do { return try Topic(name) } catch { preconditionFailure("\(error)") }
  }

  static let golden: [(properties: [MessageProperty], bytes: [UInt8])] = [
    ([], []),
    ([.payloadFormatIndicator(0)], [0x01, 0]), ([.payloadFormatIndicator(1)], [0x01, 1]),
    ([.messageExpiryInterval(0)], [0x02, 0, 0, 0, 0]), ([.messageExpiryInterval(0x0102_0304)], [0x02, 1, 2, 3, 4]),
    ([.messageExpiryInterval(.max)], [0x02, 255, 255, 255, 255]),
    ([.contentType("")], [0x03, 0, 0]), ([.contentType("ä")], [0x03, 0, 2, 0xC3, 0xA4]),
    ([.responseTopic(topic("a/b"))], [0x08, 0, 3, 0x61, 0x2F, 0x62]),
    ([.correlationData([])], [0x09, 0, 0]), ([.correlationData([0, 255])], [0x09, 0, 2, 0, 255]),
    ([.userProperty(name: "k", value: "")], [0x26, 0, 1, 0x6B, 0, 0]),
    ([.userProperty(name: "", value: "v")], [0x26, 0, 0, 0, 1, 0x76]),
    (
      [.userProperty(name: "k", value: "v"), .payloadFormatIndicator(1), .userProperty(name: "k", value: "v")],
      [0x26, 0, 1, 0x6B, 0, 1, 0x76, 0x01, 1, 0x26, 0, 1, 0x6B, 0, 1, 0x76]
    ),
  ]

  @Test(arguments: golden)
  func `are written and read`(properties: [MessageProperty], bytes: [UInt8]) {
    #expect(properties.bytes == bytes)
    #expect([MessageProperty](bytes: bytes) == properties)
  }

  @Test func `the longest ones are written and read`() {
    let text = String(repeating: "x", count: 65_535)
    let properties: [MessageProperty] = [
      .contentType(text), .responseTopic(Self.topic(text)), .correlationData(Array(text.utf8)),
      .userProperty(name: text, value: text),
    ]
    #expect([MessageProperty](bytes: properties.bytes) == properties)
  }

  @Test(arguments: golden.map(\.bytes) + [[0x08, 0, 1, 0x61]])
  func `are none when they are cut`(bytes: [UInt8]) {
    for count in bytes.indices.dropFirst() {
      let read = [MessageProperty](bytes: Array(bytes[..<count]))
      // A cut between two properties leaves the first.
      #expect(read == nil || read?.bytes == Array(bytes[..<count]))
    }
  }

  @Test(
    arguments: [
      [0x00], [0x04, 0], [0x0B, 1], [0x11, 0, 0, 0, 1], [0x23, 0, 1], [0xFF], [0x01], [0x02, 0, 0, 0],
      [0x03, 0, 1, 0xFF], [0x03, 0, 2, 0x61], [0x08, 0, 1, 0x2B], [0x08, 0, 0], [0x26, 0, 1, 0x6B],
      [0x26, 0, 1, 0xFF, 0, 0], [0x01, 1, 0x00],
    ] as [[UInt8]])
  func `are none when they are anything else`(bytes: [UInt8]) {
    #expect([MessageProperty](bytes: bytes) == nil)
  }

  // MARK: Ages

  static let ages: [(interval: UInt32, waited: Duration, left: UInt32?)] = [
    (60, .zero, 60), (60, .milliseconds(999), 60), (60, .seconds(1), 59), (60, .milliseconds(59_999), 1),
    (60, .seconds(60), nil), (60, .seconds(1_000_000), nil), (0, .zero, nil), (1, .milliseconds(-5_000), 1),
    (.max, .seconds(1), .max - 1), (.max, .seconds(Int64(UInt32.max)), nil), (.max, .seconds(Int64.max / 4), nil),
  ]

  @Test(arguments: ages)
  func `an expiry interval is what is left of it [MQTT-3.3.2-6]`(
    interval: UInt32, waited: Duration, left: UInt32?
  ) {
    let others: [MessageProperty] = [.contentType("c"), .userProperty(name: "k", value: "v")]
    let aged = ([.messageExpiryInterval(interval)] + others).aged(by: waited)
    #expect(aged == left.map { [.messageExpiryInterval($0)] + others })
  }

  @Test func `without an interval they never age`() {
    let properties: [MessageProperty] = [.contentType("c")]
    #expect(properties.aged(by: .seconds(1_000_000)) == properties)
    #expect(properties.expired == properties)
    #expect(properties.expiryInterval == nil && properties.responseTopic == nil)
  }

  @Test func `what has expired has nothing left`() {
    let properties: [MessageProperty] = [.responseTopic(Self.topic("r")), .messageExpiryInterval(9)]
    #expect(properties.expired == [.responseTopic(Self.topic("r")), .messageExpiryInterval(0)])
    #expect(properties.expiryInterval == 9)
    #expect(properties.responseTopic == Self.topic("r"))
  }
}
