import Model

/// A CONNECT: who the device is and how it wants to be treated (MQTT 3.1.1 §3.1).
///
/// A user name and a password are read and dropped: TLS has told who the device is.
struct ConnectPacket: Equatable {
  /// What the broker would publish for the device if the connection were lost.
  struct Will: Equatable {
    var topic: Topic
    var payload: [UInt8]
    var qos: QualityOfService
    var retain: Bool
  }

  /// The client id, which may be empty when `cleanSession` is set.
  var clientID: String
  /// Whether an earlier session of this client id is to be dropped.
  var cleanSession: Bool
  /// The longest silence that the device promises, in seconds; 0 is for ever.
  var keepAlive: UInt16
  /// Its will, if it has one.
  var will: Will?

  /// Reads the fields behind `header`.
  init(_ header: FixedHeader, of bytes: Span<UInt8>, limits: SessionLimits) throws(SessionError) {
    var reader = PacketReader(header)
    try Self.checkProtocol(&reader, of: bytes)
    let flags = try Flags(rawValue: reader.byte(of: bytes))
    cleanSession = flags.cleanSession
    keepAlive = try reader.integer(of: bytes)
    clientID = try reader.text(of: bytes)
    will = flags.hasWill ? try Self.will(&reader, of: bytes, flags: flags) : nil
    if flags.hasUserName { _ = try reader.text(of: bytes) }
    if flags.hasPassword { _ = try reader.block(of: bytes) }
    try reader.finish()
    // Last of all, because these two are answered with a CONNACK, which only a whole and valid CONNECT gets.
    if clientID.isEmpty, !cleanSession { throw .clientIDMissing }
    let length = clientID.utf8.count
    guard length <= limits.maximumClientIDBytes else {
      throw .clientIDTooLong(bytes: length, limit: limits.maximumClientIDBytes)
    }
  }

  /// MQTT 3.1 calls itself `MQIsdp` and has level 3: it is told that its level is not offered, like any other.
  private static func checkProtocol(_ reader: inout PacketReader, of bytes: Span<UInt8>) throws(SessionError) {
    let name = try reader.text(of: bytes)
    guard name == "MQTT" || name == "MQIsdp" else { throw .protocolNameInvalid }
    let level = try reader.byte(of: bytes)
    guard name == "MQTT", level == 4 else { throw .protocolLevelUnsupported(level) }
  }

  private static func will(
    _ reader: inout PacketReader, of bytes: Span<UInt8>, flags: Flags
  ) throws(SessionError) -> Will {
    let topic = try Topic(reading: reader.text(of: bytes))
    let payload = copy(bytes.extracting(try reader.block(of: bytes)))
    return Will(topic: topic, payload: payload, qos: flags.willQoS, retain: flags.willRetain)
  }

  /// The connect flags (MQTT 3.1.1 §3.1.2.3).
  private struct Flags {
    let cleanSession: Bool
    let hasWill: Bool
    let willQoS: QualityOfService
    let willRetain: Bool
    let hasPassword: Bool
    let hasUserName: Bool

    init(rawValue: UInt8) throws(SessionError) {
      cleanSession = rawValue & 0x02 != 0
      hasWill = rawValue & 0x04 != 0
      willRetain = rawValue & 0x20 != 0
      hasPassword = rawValue & 0x40 != 0
      hasUserName = rawValue & 0x80 != 0
      guard rawValue & 0x01 == 0 else { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-3]") }
      guard let willQoS = QualityOfService(rawValue: rawValue >> 3 & 0x03) else { throw .qosInvalid(.connect) }
      self.willQoS = willQoS
      if !hasWill, willQoS != .atMostOnce { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-13]") }
      if !hasWill, willRetain { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-15]") }
      if !hasUserName, hasPassword { throw .connectFlagsInvalid(clause: "[MQTT-3.1.2-22]") }
    }
  }
}
