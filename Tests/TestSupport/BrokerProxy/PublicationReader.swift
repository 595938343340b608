import NIOCore

/// Follows one connection between a gateway and a broker, and notes what is published and acknowledged.
struct PublicationReader {
  private let record: DeliveryRecord
  private var fromGateway = MQTTSplitter()
  private var fromBroker = MQTTSplitter()
  private var isVersion5 = false
  private var underWay: [UInt16: DeliveryRecord.Name] = [:]

  init(_ record: DeliveryRecord) { self.record = record }

  /// The gateway sends `bytes`.
  mutating func gatewaySent(_ bytes: ByteBuffer) {
    for (header, body) in fromGateway.split(bytes) {
      switch header >> 4 {
      case 1: connect(body)
      case 3: publish(header, body)
      default: break
      }
    }
  }

  /// The broker sends `bytes`.
  mutating func brokerSent(_ bytes: ByteBuffer) {
    for (header, body) in fromBroker.split(bytes) {
      switch header >> 4 {
      case 4, 7: answer(body, isFinal: true)  // PUBACK, PUBCOMP
      case 5: answer(body, isFinal: false)  // PUBREC
      default: break
      }
    }
  }

  private mutating func connect(_ packet: ByteBuffer) {
    var packet = packet
    // The protocol's name, then its version.
    guard let length: UInt16 = packet.readInteger(), packet.readSlice(length: Int(length)) != nil else { return }
    isVersion5 = packet.readInteger(as: UInt8.self) == 5
  }

  private mutating func publish(_ header: UInt8, _ packet: ByteBuffer) {
    var packet = packet
    guard let length: UInt16 = packet.readInteger(), let topic = packet.readString(length: Int(length)) else { return }
    let id: UInt16? = header & 0x06 == 0 ? nil : packet.readInteger()
    if isVersion5 {
      guard let properties = packet.readVariableByteInteger() else { return }
      packet.moveReaderIndex(forwardBy: min(properties, packet.readableBytes))
    }
    guard let id, topic.contains("/up"), let name = DeliveryRecord.Name(String(buffer: packet)) else { return }
    underWay[id] = name
    record.published(name)
  }

  private mutating func answer(_ packet: ByteBuffer, isFinal: Bool) {
    var packet = packet
    guard let id: UInt16 = packet.readInteger(), let name = underWay[id] else { return }
    let reason: UInt8 = packet.readInteger() ?? 0
    guard isFinal || reason >= 0x80 else { return }
    underWay[id] = nil
    record.answered(name, reason: reason)
  }
}
