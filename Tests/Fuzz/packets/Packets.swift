import Model

@testable import Sessions

/// Packets in a row: whatever the bytes are, they are read or refused, and what was read can be written and read again.
struct Packets {
  private let bytes: [UInt8]
  private let version: MQTTVersion
  private let limits = SessionLimits()

  init(_ bytes: [UInt8], _ version: MQTTVersion) {
    (self.bytes, self.version) = (bytes, version)
  }

  func check() {
    var position = 0
    var last: Topic?
    while let header = try? FixedHeader.read(bytes.span, from: position, limit: 1_024) {
      expect(header.body.lowerBound > position, "a header without bytes")
      guard header.body.upperBound <= bytes.count else { return }
      position = header.body.upperBound
      if header.kind == .connect { check(connect: header) }
      guard let packet = read(header, of: bytes, last: last) else { continue }
      check(packet)
      // Whether a topic is read anew or taken from the last packet must not matter.
      expect(read(header, of: bytes, last: nil) == packet, "the last topic changes a packet")
      if case .publish(let publish) = packet { last = publish.topic ?? last }
    }
  }

  private func read(_ header: FixedHeader, of bytes: [UInt8], last: Topic?) -> MQTTPacket? {
    try? MQTTPacket(header, of: bytes.span, version, limits: limits, last: last)
  }

  /// The packet that `bytes` are, all of them.
  private func readAgain(_ bytes: [UInt8]) -> MQTTPacket? {
    guard let header = try? FixedHeader.read(bytes.span, from: 0, limit: 4_096), header.body.upperBound == bytes.count
    else { return nil }
    return read(header, of: bytes, last: nil)
  }

  private func check(_ packet: MQTTPacket) {
    switch packet {
    case .publish(let publish): check(publish)
    case .puback(let packet): check(packet, .puback)
    case .pubrec(let packet): check(packet, .pubrec)
    case .pubrel(let packet): check(packet, .pubrel)
    case .pubcomp(let packet): check(packet, .pubcomp)
    case .subscribe(let subscribe):
      expect(!subscribe.requests.isEmpty && subscribe.packetID != 0, "a SUBSCRIBE of nothing")
      for request in subscribe.requests { check(request.filter) }
    case .unsubscribe(let unsubscribe):
      expect(!unsubscribe.filters.isEmpty && unsubscribe.packetID != 0, "an UNSUBSCRIBE of nothing")
      for filter in unsubscribe.filters { check(filter) }
    case .pingreq, .disconnect: break
    }
  }

  private func check(_ publish: PublishPacket) {
    guard let topic = publish.topic ?? (try? Topic("alias")) else { return }
    let message = Message(
      topic: topic, payload: publish.payload, qos: publish.qos, retain: publish.retain, properties: publish.properties)
    let written = MQTTReply.publish(
      SessionDelivery(message, arrived: .now), topic: publish.topic?.name ?? "", alias: publish.topicAlias,
      packetID: publish.packetID, duplicate: publish.duplicate, properties: publish.properties, version)
    expect(readAgain(written) == .publish(publish), "a PUBLISH that is written is not the one that was read")
    let properties = [MessageProperty](bytes: publish.properties.bytes)
    expect(properties?.bytes == publish.properties.bytes, "properties that are written are not those that were read")
    expect((publish.packetID == nil) == (publish.qos == .atMostOnce), "an identifier under QoS 0, or none")
  }

  private func check(_ packet: AcknowledgementPacket, _ kind: PacketKind) {
    let written = MQTTReply.acknowledgement(kind, packet.packetID, packet.reason, version)
    let again: MQTTPacket? =
      switch kind {
      case .puback: .puback(packet)
      case .pubrec: .pubrec(packet)
      case .pubrel: .pubrel(packet)
      default: .pubcomp(packet)
      }
    expect(readAgain(written) == again, "an acknowledgement that is written is not the one that was read")
  }

  private func check(_ filter: SubscriptionFilter) {
    let again = SubscriptionFilter(filter.filter, group: filter.group)
    expect(again == filter, "a filter's parts are not the filter")
  }

  private func check(connect header: FixedHeader) {
    guard let connect = try? ConnectPacket(header, of: bytes.span, limits: limits) else { return }
    expect(connect.clientID.utf8.count <= limits.maximumClientIDBytes, "a client id past the limit")
    expect(connect.properties.receiveMaximum != 0, "a Receive Maximum of 0")
    expect(connect.version == .v5 || connect.properties == PacketProperties(), "properties in 3.1.1")
  }
}
