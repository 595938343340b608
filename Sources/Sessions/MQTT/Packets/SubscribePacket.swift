import Model

/// A SUBSCRIBE: what a device wants to hear (MQTT 3.1.1 §3.8, MQTT 5 §3.8).
struct SubscribePacket: Equatable {
  /// What the SUBACK will name.
  var packetID: UInt16
  /// What is wanted; at least one.
  var requests: [SubscriptionRequest] = []
  /// What messages of these subscriptions are to bear (MQTT 5 §3.8.2.1.2).
  var identifier: Int?

  /// Reads the fields behind `header`.
  init(
    _ header: FixedHeader, of bytes: Span<UInt8>, _ version: MQTTVersion, limits: SessionLimits
  ) throws(SessionError) {
    var reader = PacketReader(header)
    packetID = try reader.packetID(of: bytes)
    if version == .v5 { identifier = try PacketProperties(&reader, of: bytes, at: .subscribe).subscriptionIdentifier }
    repeat {
      guard !reader.isAtEnd else { throw .filtersMissing(.subscribe) }
      let filter = try reader.filter(of: bytes, limits)
      requests.append(try SubscriptionRequest(filter, options: reader.byte(of: bytes), version))
    } while !reader.isAtEnd
  }
}

/// An UNSUBSCRIBE: what it wants to hear no more (MQTT 3.1.1 §3.10, MQTT 5 §3.10).
struct UnsubscribePacket: Equatable {
  /// What the UNSUBACK will name.
  var packetID: UInt16
  /// Which subscriptions end; at least one.
  var filters: [SubscriptionFilter] = []

  /// Reads the fields behind `header`.
  init(
    _ header: FixedHeader, of bytes: Span<UInt8>, _ version: MQTTVersion, limits: SessionLimits
  ) throws(SessionError) {
    var reader = PacketReader(header)
    packetID = try reader.packetID(of: bytes)
    if version == .v5 { _ = try PacketProperties(&reader, of: bytes, at: .unsubscribe) }
    repeat {
      guard !reader.isAtEnd else { throw .filtersMissing(.unsubscribe) }
      filters.append(try reader.filter(of: bytes, limits))
    } while !reader.isAtEnd
  }
}

extension PacketReader {
  fileprivate mutating func filter(
    of bytes: Span<UInt8>, _ limits: SessionLimits
  ) throws(SessionError) -> SubscriptionFilter {
    let text = try text(of: bytes)
    guard text.utf8.count <= limits.maximumTopicBytes else {
      throw .filterTooLong(bytes: text.utf8.count, limit: limits.maximumTopicBytes)
    }
    do {
      return try SubscriptionFilter(text)
    } catch {
      throw .filterInvalid(reason: error.reason)
    }
  }
}

extension SubscriptionRequest {
  /// Reads the options behind a filter (MQTT 5 §3.8.3.1); 3.1.1 has a QoS alone.
  fileprivate init(_ filter: SubscriptionFilter, options: UInt8, _ version: MQTTVersion) throws(SessionError) {
    guard options & (version == .v5 ? 0xC0 : 0xFC) == 0 else { throw .subscriptionOptionsInvalid }
    guard let qos = QualityOfService(rawValue: options & 0x03) else { throw .qosInvalid(.subscribe) }
    guard let retainHandling = RetainHandling(rawValue: options >> 4) else { throw .retainHandlingInvalid }
    self.init(
      filter: filter, qos: qos, noLocal: options & 0x04 != 0, retainAsPublished: options & 0x08 != 0,
      retainHandling: retainHandling)
    if noLocal, filter.group != nil { throw .noLocalOnShared }
  }
}
