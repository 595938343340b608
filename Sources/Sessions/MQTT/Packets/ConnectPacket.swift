import Model

/// A CONNECT: who the device is and how it wants to be treated (MQTT 3.1.1 §3.1, MQTT 5 §3.1).
///
/// A user name and a password are read and dropped: TLS has told who the device is.
struct ConnectPacket: Equatable {
  /// The version that the device speaks.
  var version: MQTTVersion
  /// The client id, which may be empty.
  var clientID: String
  /// Whether an earlier session of this client id is to be dropped.
  var cleanStart: Bool
  /// The longest silence that the device promises, in seconds; 0 is for ever.
  var keepAlive: UInt16
  /// What the broker would publish for the device if the connection were lost.
  var will: SessionWill?
  /// What else it says; always empty in 3.1.1.
  var properties: PacketProperties

  /// Reads the fields behind `header`.
  init(_ header: FixedHeader, of bytes: Span<UInt8>, limits: SessionLimits) throws(SessionError) {
    var reader = PacketReader(header)
    version = try Self.version(&reader, of: bytes)
    let flags = try Flags(rawValue: reader.byte(of: bytes), version)
    cleanStart = flags.cleanStart
    keepAlive = try reader.integer(of: bytes)
    properties = version == .v5 ? try PacketProperties(&reader, of: bytes, at: .connect) : PacketProperties()
    clientID = try reader.text(of: bytes)
    will = flags.hasWill ? try Self.will(&reader, of: bytes, flags: flags, version) : nil
    if flags.hasUserName { _ = try reader.text(of: bytes) }
    if flags.hasPassword { _ = try reader.block(of: bytes) }
    try reader.finish()
    // Last of all, because these are answered with a CONNACK, which only a whole and valid CONNECT gets.
    if properties.authenticationMethod != nil { throw .authenticationMethodUnsupported }
    if version == .v3, clientID.isEmpty, !cleanStart { throw .clientIDMissing }
    let length = clientID.utf8.count
    guard length <= limits.maximumClientIDBytes else {
      throw .clientIDTooLong(bytes: length, limit: limits.maximumClientIDBytes)
    }
  }

  /// Which version the CONNECT in `bytes` is of, as far as it can be seen, so that a refusal can be read by the device.
  static func versionShown(in bytes: Span<UInt8>, _ header: FixedHeader) -> MQTTVersion? {
    var reader = PacketReader(header)
    return try? version(&reader, of: bytes)
  }

  /// MQTT 3.1 calls itself `MQIsdp` and has level 3: it is told that its level is not offered, like any other.
  private static func version(_ reader: inout PacketReader, of bytes: Span<UInt8>) throws(SessionError) -> MQTTVersion {
    let name = try reader.text(of: bytes)
    guard name == "MQTT" || name == "MQIsdp" else { throw .protocolNameInvalid }
    let level = try reader.byte(of: bytes)
    guard name == "MQTT", let version = MQTTVersion(rawValue: level) else { throw .protocolLevelUnsupported(level) }
    return version
  }

  private static func will(
    _ reader: inout PacketReader, of bytes: Span<UInt8>, flags: Flags, _ version: MQTTVersion
  ) throws(SessionError) -> SessionWill {
    let properties = version == .v5 ? try PacketProperties(&reader, of: bytes, at: .will) : PacketProperties()
    let topic = try Topic(reading: reader.text(of: bytes))
    let payload = copy(bytes.extracting(try reader.block(of: bytes)))
    return SessionWill(
      message: Message(
        topic: topic, payload: payload, qos: flags.willQoS, retain: flags.willRetain, properties: properties.message),
      delay: properties.willDelayInterval ?? 0)
  }

  /// The connect flags (MQTT 5 §3.1.2.3).
  private struct Flags {
    let cleanStart: Bool
    let hasWill: Bool
    let willQoS: QualityOfService
    let willRetain: Bool
    let hasPassword: Bool
    let hasUserName: Bool

    init(rawValue: UInt8, _ version: MQTTVersion) throws(SessionError) {
      cleanStart = rawValue & 0x02 != 0
      hasWill = rawValue & 0x04 != 0
      willRetain = rawValue & 0x20 != 0
      hasPassword = rawValue & 0x40 != 0
      hasUserName = rawValue & 0x80 != 0
      guard rawValue & 0x01 == 0 else { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-3]") }
      guard let willQoS = QualityOfService(rawValue: rawValue >> 3 & 0x03) else { throw .qosInvalid(.connect) }
      self.willQoS = willQoS
      if !hasWill, willQoS != .atMostOnce { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-13]") }
      if !hasWill, willRetain { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-15]") }
      // MQTT 5 allows a password alone (§3.1.2.9).
      if version == .v3, !hasUserName, hasPassword { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-22]") }
    }
  }
}
