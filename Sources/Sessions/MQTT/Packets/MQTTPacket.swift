import Model

/// A packet that a device may send once it is connected.
enum MQTTPacket: Equatable {
  case publish(PublishPacket)
  case puback(AcknowledgementPacket)
  case pubrec(AcknowledgementPacket)
  case pubrel(AcknowledgementPacket)
  case pubcomp(AcknowledgementPacket)
  case subscribe(SubscribePacket)
  case unsubscribe(UnsubscribePacket)
  case pingreq
  case disconnect(DisconnectPacket)

  /// Reads the packet behind `header`, all of whose bytes have arrived. `last` is the topic of the last PUBLISH.
  init(
    _ header: FixedHeader, of bytes: Span<UInt8>, _ version: MQTTVersion, limits: SessionLimits, last: Topic?
  ) throws(SessionError) {
    switch header.kind {
    case .publish: self = .publish(try PublishPacket(header, of: bytes, version, limits: limits, last: last))
    case .puback: self = .puback(try AcknowledgementPacket(header, of: bytes, version))
    case .pubrec: self = .pubrec(try AcknowledgementPacket(header, of: bytes, version))
    case .pubrel: self = .pubrel(try AcknowledgementPacket(header, of: bytes, version))
    case .pubcomp: self = .pubcomp(try AcknowledgementPacket(header, of: bytes, version))
    case .subscribe: self = .subscribe(try SubscribePacket(header, of: bytes, version, limits: limits))
    case .unsubscribe: self = .unsubscribe(try UnsubscribePacket(header, of: bytes, version, limits: limits))
    case .pingreq:
      try PacketReader(header).finish()
      self = .pingreq
    case .disconnect: self = .disconnect(try DisconnectPacket(header, of: bytes, version))
    case .connect: throw .connectRepeated
    // Only a server sends these, and AUTH follows only where an authentication method was agreed on.
    case .connack, .suback, .unsuback, .pingresp, .auth: throw .packetUnexpected(header.kind)
    }
  }
}
