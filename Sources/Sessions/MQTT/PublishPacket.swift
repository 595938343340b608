import Model

/// A PUBLISH: one message (MQTT 3.1.1 §3.3).
struct PublishPacket: Equatable {
  /// Where it is published.
  var topic: Topic
  /// What the PUBACK will name; `nil` under QoS 0.
  var packetID: UInt16?
  /// What it says.
  var payload: [UInt8]
  /// How often it may arrive.
  var qos: QualityOfService
  /// Whether the broker keeps it.
  var retain: Bool
  /// Whether the device sent it before.
  var duplicate: Bool

  /// Reads the fields behind `header`.
  init(_ header: FixedHeader, of bytes: Span<UInt8>, limits: SessionLimits) throws(SessionError) {
    duplicate = header.flags & 0x08 != 0
    retain = header.flags & 0x01 != 0
    guard let qos = QualityOfService(rawValue: header.flags >> 1 & 0x03) else { throw .qosInvalid(.publish) }
    self.qos = qos
    if duplicate, qos == .atMostOnce { throw .duplicateWithoutAcknowledgement }

    var reader = PacketReader(header)
    let name = try reader.text(of: bytes)
    guard name.utf8.count <= limits.maximumTopicBytes else {
      throw .topicTooLong(bytes: name.utf8.count, limit: limits.maximumTopicBytes)
    }
    topic = try Topic(reading: name)
    packetID = qos == .atMostOnce ? nil : try reader.packetID(of: bytes)
    payload = copy(bytes.extracting(reader.rest()))
  }
}

extension Topic {
  /// The topic that a device names `name`.
  init(reading name: String) throws(SessionError) {
    do {
      self = try Topic(name)
    } catch {
      throw .topicInvalid(reason: error.reason)
    }
  }
}
