import Model

/// A PUBLISH: one message (MQTT 3.1.1 §3.3, MQTT 5 §3.3).
struct PublishPacket: Equatable {
  /// Where it is published; nil: where its topic alias says.
  var topic: Topic?
  /// What PUBACK or PUBREC will name; `nil` under QoS 0.
  var packetID: UInt16?
  /// What it says.
  var payload: [UInt8]
  /// How often it may arrive.
  var qos: QualityOfService
  /// Whether the broker keeps it.
  var retain: Bool
  /// Whether the device sent it before.
  var duplicate: Bool
  /// What travels with it.
  var properties: [MessageProperty] = []
  /// The number that stands, or is to stand, for its topic.
  var topicAlias: UInt16?

  /// Reads the fields behind `header`. A topic that is the same as `last` costs no memory.
  init(
    _ header: FixedHeader, of bytes: Span<UInt8>, _ version: MQTTVersion, limits: SessionLimits, last: Topic?
  ) throws(SessionError) {
    duplicate = header.flags & 0x08 != 0
    retain = header.flags & 0x01 != 0
    guard let qos = QualityOfService(rawValue: header.flags >> 1 & 0x03) else { throw .qosInvalid(.publish) }
    self.qos = qos
    if duplicate, qos == .atMostOnce { throw .duplicateWithoutAcknowledgement }

    var reader = PacketReader(header)
    topic = try Self.topic(&reader, of: bytes, version, limits, last)
    packetID = qos == .atMostOnce ? nil : try reader.packetID(of: bytes)
    if version == .v5 {
      let fields = try PacketProperties(&reader, of: bytes, at: .publish)
      (properties, topicAlias) = (fields.message, fields.topicAlias)
      // [MQTT-3.3.4-6]
      guard fields.subscriptionIdentifier == nil else { throw .propertyInvalid(.publish, .subscriptionIdentifier) }
      if topic == nil, topicAlias == nil { throw .topicMissing }
    }
    payload = copy(bytes.extracting(reader.rest()))
  }

  private static func topic(
    _ reader: inout PacketReader, of bytes: Span<UInt8>, _ version: MQTTVersion, _ limits: SessionLimits, _ last: Topic?
  ) throws(SessionError) -> Topic? {
    // Empty where an alias stands for it.
    if version == .v5, reader.takeEmptyBlock(of: bytes) { return nil }
    let topic = try reader.topic(of: bytes, last: last)
    let length = topic.name.utf8.count
    guard length <= limits.maximumTopicBytes else {
      throw .topicTooLong(bytes: length, limit: limits.maximumTopicBytes)
    }
    return topic
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
