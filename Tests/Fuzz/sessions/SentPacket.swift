import Sessions

/// A packet that a session has sent, read without its help.
struct SentPacket {
  /// The packet type.
  let kind: UInt8
  let flags: UInt8
  /// What follows the fixed header.
  let body: ArraySlice<UInt8>
  /// All of its bytes.
  let count: Int

  /// The packets in a row that `bytes` are.
  static func all(in bytes: [UInt8]) -> [SentPacket] {
    var packets: [SentPacket] = []
    var rest = bytes[...]
    while let first = rest.first {
      var place = rest.startIndex + 1
      let length = variable(rest, &place)
      expect(place + length <= rest.endIndex, "a packet that is not whole")
      packets.append(
        SentPacket(
          kind: first >> 4, flags: first & 0x0F, body: bytes[place..<(place + length)],
          count: place + length - rest.startIndex))
      rest = bytes[(place + length)...]
    }
    return packets
  }

  /// The packet identifier at the start of an acknowledgement.
  var packetID: UInt16 { Self.integer(body, at: body.startIndex) }

  /// The reason of an acknowledgement.
  var reason: UInt8 { body.count > 2 ? body[body.startIndex + 2] : 0 }

  /// What a PUBLISH says: its QoS, its identifier, and its payload.
  func publish(_ version: MQTTVersion) -> (qos: UInt8, packetID: UInt16, payload: ArraySlice<UInt8>) {
    let qos = flags >> 1 & 3
    var place = body.startIndex + 2 + Int(Self.integer(body, at: body.startIndex))
    var packetID: UInt16 = 0
    if qos > 0 {
      packetID = Self.integer(body, at: place)
      expect(packetID != 0, "a PUBLISH with the identifier 0")
      place += 2
    }
    if version == .v5 {
      let length = Self.variable(body, &place)
      place += length
    }
    return (qos, packetID, body[place...])
  }

  private static func integer(_ bytes: ArraySlice<UInt8>, at place: Int) -> UInt16 {
    UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
  }

  private static func variable(_ bytes: ArraySlice<UInt8>, _ place: inout Int) -> Int {
    var (value, shift) = (0, 0)
    while bytes[place] & 0x80 != 0 {
      value |= Int(bytes[place] & 0x7F) << shift
      (place, shift) = (place + 1, shift + 7)
    }
    defer { place += 1 }
    return value | Int(bytes[place]) << shift
  }
}
