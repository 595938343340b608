/// A PUBACK, PUBREC, PUBREL or PUBCOMP: a step in the delivery of one message (MQTT 5 §3.4 to §3.7).
struct AcknowledgementPacket: Equatable {
  /// Which message.
  var packetID: UInt16
  /// What became of it; always success in 3.1.1.
  var reason = ReasonCode.success

  /// Reads the fields behind `header`.
  init(_ header: FixedHeader, of bytes: Span<UInt8>, _ version: MQTTVersion) throws(SessionError) {
    var reader = PacketReader(header)
    packetID = try reader.packetID(of: bytes)
    if version == .v5, !reader.isAtEnd {
      reason = ReasonCode(rawValue: try reader.byte(of: bytes))
      guard Self.reasons(of: header.kind).contains(reason) else { throw .reasonInvalid(header.kind, reason.rawValue) }
      if !reader.isAtEnd { _ = try PacketProperties(&reader, of: bytes, at: .acknowledgement) }
    }
    try reader.finish()
  }

  /// The codes that a client may send [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1].
  private static func reasons(of kind: PacketKind) -> [ReasonCode] {
    switch kind {
    case .pubrel, .pubcomp: [.success, .packetIdentifierNotFound]
    default: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99].map(ReasonCode.init(rawValue:))
    }
  }
}
