/// A packet that a device may send.
enum MQTTPacket: Equatable {
  case connect(ConnectPacket)
  case publish(PublishPacket)
  case subscribe(FilterPacket)
  case unsubscribe(FilterPacket)
  case pingreq
  case disconnect

  /// Reads the packet behind `header`, all of whose bytes have arrived.
  init(_ header: FixedHeader, of bytes: Span<UInt8>, limits: SessionLimits) throws(SessionError) {
    switch header.kind {
    case .connect: self = .connect(try ConnectPacket(header, of: bytes, limits: limits))
    case .publish: self = .publish(try PublishPacket(header, of: bytes, limits: limits))
    case .subscribe: self = .subscribe(try FilterPacket(header, of: bytes))
    case .unsubscribe: self = .unsubscribe(try FilterPacket(header, of: bytes))
    case .pingreq: self = .pingreq
    case .disconnect: self = .disconnect
    // PUBACK and its kin answer a PUBLISH of ours, and none is ever sent.
    case .connack, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp:
      throw .packetUnexpected(header.kind)
    }
    if header.kind == .pingreq || header.kind == .disconnect { try PacketReader(header).finish() }
  }
}
