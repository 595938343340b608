/// What a test's device speaks.
enum MQTTVersion: UInt8, CaseIterable, Sendable {
  case v311 = 4
  case v5 = 5

  /// As mosquitto_pub(1) and mosquitto_sub(1) spell it.
  var option: String { self == .v5 ? "mqttv5" : "mqttv311" }
}

/// A control packet that a device was sent.
struct MQTTPacket: Sendable {
  enum Kind: UInt8, Sendable {
    case connack = 2
    case publish = 3
    case puback, pubrec, pubrel, pubcomp
    case suback = 9
    case unsuback = 11
    case pingresp = 13
    case disconnect = 14
  }

  let kind: Kind
  let flags: UInt8
  let body: [UInt8]
  let version: MQTTVersion

  /// Cuts the packets that are whole off the front of `bytes`; returns how many bytes they are.
  static func split(_ bytes: [UInt8], _ version: MQTTVersion) -> (packets: [MQTTPacket], used: Int) {
    var packets: [MQTTPacket] = []
    var (reader, used) = (MQTTBytes(bytes), 0)
    while !reader.isEmpty {
      let first = reader.takeByte()
      guard let length = reader.takeVariable(), let kind = Kind(rawValue: first >> 4), reader.rest.count >= length
      else {
        break
      }
      let body = reader.take(length)
      packets.append(MQTTPacket(kind: kind, flags: first & 0x0f, body: body, version: version))
      used = bytes.count - reader.rest.count
    }
    return (packets, used)
  }

  /// CONNACK: whether the session is the old one.
  var isSessionPresent: Bool { body.first == 1 }

  /// CONNACK, DISCONNECT and acknowledgements: the reason code, or the return code of 3.1.1.
  var reason: UInt8 {
    switch kind {
    case .connack: body.count > 1 ? body[1] : 0xff
    case .disconnect: body.first ?? 0
    default: body.count > 2 ? body[2] : 0
    }
  }

  var packetID: UInt16 {
    var bytes = MQTTBytes(body)
    return bytes.takeInt16()
  }

  /// SUBACK and UNSUBACK: a code for each filter.
  var codes: [UInt8] {
    var bytes = MQTTBytes(body)
    _ = bytes.takeInt16()
    if version == .v5 { _ = bytes.takeProperties() }
    return bytes.rest
  }

  /// The properties of a CONNACK.
  var connackProperties: [MQTTProperty] {
    var bytes = MQTTBytes(body)
    _ = bytes.takeInt16()
    return version == .v5 ? bytes.takeProperties() : []
  }

  /// PUBLISH.
  var message: MQTTMessage {
    var bytes = MQTTBytes(body)
    let qos = flags >> 1 & 3
    let topic = bytes.takeText()
    let packetID = qos > 0 ? bytes.takeInt16() : 0
    let properties = version == .v5 ? bytes.takeProperties() : []
    return MQTTMessage(
      topic: topic, payload: String(decoding: bytes.rest, as: UTF8.self), qos: qos, isRetained: flags & 1 == 1,
      isDuplicate: flags & 8 == 8, properties: properties, packetID: packetID)
  }
}

/// A message as a device gets it, or says it.
struct MQTTMessage: Sendable {
  var topic: String
  var payload: String
  var qos: UInt8 = 0
  var isRetained = false
  var isDuplicate = false
  var properties: [MQTTProperty] = []
  var packetID: UInt16 = 0

  /// Topic, payload, QoS and retain flag, for one comparison.
  var summary: String { "\(topic) \(payload) q\(qos)\(isRetained ? " retained" : "")" }
}
