import Model

/// The packets that a device is sent, as bytes.
enum MQTTReply {
  /// PINGRESP (MQTT 5 §3.13).
  static let pingresp: [UInt8] = [0xD0, 0]

  /// CONNACK that lets the device in (MQTT 5 §3.2).
  static func accepted(_ acceptance: SessionAcceptance, _ version: MQTTVersion, _ limits: SessionLimits) -> [UInt8] {
    let flags: UInt8 = acceptance.isPresent ? 1 : 0
    guard version == .v5 else { return [0x20, 2, flags, 0] }
    var properties = PropertyWriter()
    if let seconds = acceptance.sessionExpiryInterval { properties.add(0x11, seconds) }
    properties.add(0x21, UInt16(clamping: max(1, limits.maximumUnsettled)))
    properties.add(0x27, UInt32(clamping: limits.maximumPacketBytes))
    if let clientID = acceptance.assignedClientID { properties.add(0x12, clientID) }
    if limits.maximumTopicAliases > 0 { properties.add(0x22, UInt16(clamping: limits.maximumTopicAliases)) }
    if let seconds = acceptance.serverKeepAlive { properties.add(0x13, seconds) }
    return packet(0x20, [flags, 0] + properties.bytes)
  }

  /// CONNACK that does not. A client of a later version than 5 reads the form of 3.1.1, as [MQTT-3.1.2-2] has it there.
  static func refused(_ reason: ReasonCode, _ text: String?, _ version: MQTTVersion) -> [UInt8] {
    guard version == .v5 else { return [0x20, 2, 0, reason.returnCode] }
    var properties = PropertyWriter()
    if let text { properties.add(0x1F, text) }
    return packet(0x20, [0, reason.rawValue] + properties.bytes)
  }

  /// PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5 §3.4 to §3.7).
  static func acknowledgement(
    _ kind: PacketKind, _ packetID: UInt16, _ reason: ReasonCode, _ version: MQTTVersion
  ) -> [UInt8] {
    let first = kind.rawValue << 4 | (kind.requiredFlags ?? 0)
    let hasReason = version == .v5 && reason != .success
    let fields = [first, hasReason ? 3 : 2, UInt8(packetID >> 8), UInt8(packetID & 0xFF)]
    return hasReason ? fields + [reason.rawValue] : fields
  }

  /// SUBACK (MQTT 5 §3.9); 3.1.1 knows one code for every failure.
  static func suback(_ packetID: UInt16, _ codes: [ReasonCode], _ version: MQTTVersion) -> [UInt8] {
    let payload = codes.map { version == .v3 && $0.isFailure ? 0x80 : $0.rawValue }
    return packet(0x90, [UInt8(packetID >> 8), UInt8(packetID & 0xFF)] + (version == .v5 ? [0] : []) + payload)
  }

  /// UNSUBACK (MQTT 5 §3.11); in 3.1.1 it has no payload.
  static func unsuback(_ packetID: UInt16, _ codes: [ReasonCode], _ version: MQTTVersion) -> [UInt8] {
    let payload = version == .v5 ? [0] + codes.map(\.rawValue) : []
    return packet(0xB0, [UInt8(packetID >> 8), UInt8(packetID & 0xFF)] + payload)
  }

  /// DISCONNECT, which only MQTT 5 lets a server send (MQTT 5 §3.14).
  static func disconnect(_ reason: ReasonCode, _ text: String?) -> [UInt8] {
    var properties = PropertyWriter()
    if let text { properties.add(0x1F, text) }
    return packet(0xE0, [reason.rawValue] + properties.bytes)
  }

  /// PUBLISH (MQTT 5 §3.3). An empty topic stands for the alias.
  static func publish(
    _ delivery: SessionDelivery, topic: String, alias: UInt16?, packetID: UInt16?, duplicate: Bool,
    properties: [MessageProperty], _ version: MQTTVersion
  ) -> [UInt8] {
    let message = delivery.message
    var fields = PropertyWriter()
    if version == .v5 {
      if let alias { fields.add(0x23, alias) }
      for identifier in delivery.subscriptionIdentifiers { fields.add(0x0B, variable: identifier) }
      for property in properties { fields.add(property) }
    }
    let propertyBytes = version == .v5 ? fields.bytes : []
    let bodyCount =
      2 + topic.utf8.count + (packetID == nil ? 0 : 2) + propertyBytes.count + message.payload.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(5 + bodyCount)
    bytes.append(0x30 | (duplicate ? 8 : 0) | message.qos.rawValue << 1 | (message.retain ? 1 : 0))
    appendVariable(bodyCount, to: &bytes)
    appendText(topic, to: &bytes)
    if let packetID { bytes += [UInt8(packetID >> 8), UInt8(packetID & 0xFF)] }
    bytes += propertyBytes
    bytes += message.payload
    return bytes
  }

  private static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
    var bytes = [first]
    appendVariable(body.count, to: &bytes)
    return bytes + body
  }

  /// A Variable Byte Integer (MQTT 5 §1.5.5).
  fileprivate static func appendVariable(_ value: Int, to bytes: inout [UInt8]) {
    var rest = value
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
  }

  fileprivate static func appendText(_ text: String, to bytes: inout [UInt8]) {
    let content = text.utf8.prefix(Int(UInt16.max))
    bytes += [UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
    bytes += content
  }
}

/// The properties of one packet, as they are gathered (MQTT 5 §2.2.2).
private struct PropertyWriter {
  private var content: [UInt8] = []

  /// Behind their length.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    MQTTReply.appendVariable(content.count, to: &bytes)
    return bytes + content
  }

  mutating func add(_ identifier: UInt8, _ value: UInt16) {
    content += [identifier, UInt8(value >> 8), UInt8(value & 0xFF)]
  }

  mutating func add(_ identifier: UInt8, _ value: UInt32) {
    content.append(identifier)
    for shift in [24, 16, 8, 0] { content.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func add(_ identifier: UInt8, _ text: String) {
    content.append(identifier)
    MQTTReply.appendText(text, to: &content)
  }

  mutating func add(_ identifier: UInt8, variable value: Int) {
    content.append(identifier)
    MQTTReply.appendVariable(value, to: &content)
  }

  mutating func add(_ property: MessageProperty) { property.append(to: &content) }
}
