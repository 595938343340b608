/// The packets that answer a device, as bytes.
enum MQTTReply {
  /// CONNACK: the connection is accepted and no earlier session is present (MQTT 3.1.1 §3.2).
  static let accepted: [UInt8] = [0x20, 2, 0, 0]
  /// PINGRESP (MQTT 3.1.1 §3.13).
  static let pingresp: [UInt8] = [0xD0, 0]

  /// PUBACK for each of `packetIDs`, in their order (MQTT 3.1.1 §3.4).
  static func puback(_ packetIDs: [UInt16]) -> [UInt8] {
    packetIDs.flatMap { packetID in [0x40, 2, UInt8(packetID >> 8), UInt8(packetID & 0xFF)] }
  }

  /// SUBACK that refuses each of `count` filters (MQTT 3.1.1 §3.9.3).
  static func subscriptionsRefused(_ packetID: UInt16, count: Int) -> [UInt8] {
    [0x90] + length(2 + count) + [UInt8(packetID >> 8), UInt8(packetID & 0xFF)] + Array(repeating: 0x80, count: count)
  }

  /// UNSUBACK (MQTT 3.1.1 §3.11).
  static func unsuback(_ packetID: UInt16) -> [UInt8] {
    [0xB0, 2, UInt8(packetID >> 8), UInt8(packetID & 0xFF)]
  }

  /// What a device is told before its connection is closed for `error`; for most there is nothing to say.
  static func refusal(_ error: SessionError) -> [UInt8]? {
    switch error {
    // A client of MQTT 5 reads a CONNACK of its own version: Unsupported Protocol Version [MQTT-3.1.2-2].
    case .protocolLevelUnsupported(5): [0x20, 3, 0, 0x84, 0]
    case .protocolLevelUnsupported: [0x20, 2, 0, 1]
    case .clientIDMissing, .clientIDTooLong: [0x20, 2, 0, 2]
    case .willUnsupported: [0x20, 2, 0, 3]
    default: nil
    }
  }

  /// A remaining length (MQTT 3.1.1 §2.2.3).
  private static func length(_ value: Int) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }
}
