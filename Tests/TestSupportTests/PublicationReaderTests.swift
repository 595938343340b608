import NIOCore
import Testing

@testable import TestSupport

/// What a connection's bytes say of publications and their acknowledgements.
struct PublicationReaderTests {
  private static let connect4: [UInt8] = [0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 0]
  private static let connect5: [UInt8] = [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 2, 0, 60, 0, 0, 0]

  /// A PUBLISH of `payload`; `properties` as MQTT 5 has them, nil for MQTT 3.1.1.
  private func publish(
    _ payload: String, id: UInt8 = 7, qos: UInt8 = 1, topic: String = "devices/d/up/n", properties: [UInt8]? = nil
  ) -> [UInt8] {
    var body = [0, UInt8(topic.utf8.count)] + Array(topic.utf8)
    if qos > 0 { body += [0, id] }
    if let properties { body += [UInt8(properties.count)] + properties }
    body += Array(payload.utf8)
    return [0x30 | qos << 1, UInt8(body.count)] + body
  }

  private func read(gateway: [[UInt8]], broker: [[UInt8]]) -> DeliveryRecord {
    let record = DeliveryRecord()
    var reader = PublicationReader(record)
    for bytes in gateway { reader.gatewaySent(ByteBuffer(bytes: bytes)) }
    for bytes in broker { reader.brokerSent(ByteBuffer(bytes: bytes)) }
    return record
  }

  private let name = DeliveryRecord.Name(device: "d", number: 3)

  @Test func `a PUBACK acknowledges what has its identifier`() {
    let record = read(gateway: [Self.connect4, publish("d 3")], broker: [[0x40, 2, 0, 7]])
    #expect(record.published == ["d": [3]])
    #expect(record.acknowledged == [name])
  }

  @Test(arguments: [[0x40, 2, 0, 8], [0x50, 2, 0, 7], [0x62, 2, 0, 7], [0x40, 1, 0], []] as [[UInt8]])
  func `nothing else does`(answer: [UInt8]) {
    #expect(read(gateway: [Self.connect4, publish("d 3")], broker: [answer]).acknowledged.isEmpty)
  }

  @Test func `an acknowledgement counts once`() {
    let record = read(gateway: [Self.connect4, publish("d 3")], broker: [[0x40, 2, 0, 7], [0x40, 3, 0, 7, 0x80]])
    #expect(record.rejections == 0)
    #expect(record.acknowledged == [name])
  }

  @Test func `properties are not the payload`() {
    let properties: [UInt8] = [0x02, 0, 0, 0, 9]
    let record = read(
      gateway: [Self.connect5, publish("d 3", properties: properties)], broker: [[0x40, 4, 0, 7, 0x10, 0]])
    #expect(record.acknowledged == [name])
  }

  @Test func `a refusal is no acknowledgement`() {
    for answer: [UInt8] in [[0x40, 4, 0, 7, 0x87, 0], [0x50, 4, 0, 7, 0x97, 0]] {
      let record = read(gateway: [Self.connect5, publish("d 3", properties: [])], broker: [answer])
      #expect(record.acknowledged.isEmpty)
      #expect(record.rejections == 1)
    }
  }

  @Test func `QoS 2 is acknowledged by PUBCOMP`() {
    let record = read(
      gateway: [Self.connect4, publish("d 3", qos: 2)], broker: [[0x50, 2, 0, 7], [0x70, 2, 0, 7]])
    #expect(record.acknowledged == [name])
  }

  @Test func `an identifier that is used again names the newer message`() {
    let record = read(
      gateway: [Self.connect4, publish("d 3"), publish("d 4")], broker: [[0x40, 2, 0, 7], [0x40, 2, 0, 7]])
    #expect(record.acknowledged == [DeliveryRecord.Name(device: "d", number: 4)])
  }

  @Test func `what a fleet has not published is not looked at`() {
    let others = [
      publish("d 3", qos: 0), publish("d 3", topic: "devices/d/status"), publish("d three"), publish(""),
      [0x32, 3, 0, 9, 0x61], [0x32, 0],
    ]
    #expect(read(gateway: [Self.connect4] + others, broker: [[0x40, 2, 0, 7]]).published.isEmpty)
  }
}
