/// A DISCONNECT: the device goes (MQTT 3.1.1 §3.14, MQTT 5 §3.14).
struct DisconnectPacket: Equatable {
  /// Why; always success in 3.1.1.
  var reason = ReasonCode.success
  /// For how long its session is to be kept after all, in seconds.
  var sessionExpiryInterval: UInt32?

  /// Reads the fields behind `header`.
  init(_ header: FixedHeader, of bytes: Span<UInt8>, _ version: MQTTVersion) throws(SessionError) {
    var reader = PacketReader(header)
    if version == .v5, !reader.isAtEnd {
      reason = ReasonCode(rawValue: try reader.byte(of: bytes))
      guard Self.reasons.contains(reason.rawValue) else { throw .reasonInvalid(.disconnect, reason.rawValue) }
      if !reader.isAtEnd {
        sessionExpiryInterval = try PacketProperties(&reader, of: bytes, at: .disconnect).sessionExpiryInterval
      }
    }
    try reader.finish()
  }

  /// The codes that a client may send (MQTT 5 §3.14.2.1).
  private static let reasons: [UInt8] = [
    0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
  ]
}
