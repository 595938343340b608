/// A property of an MQTT 5 packet (§2.2.2), as the tests write and read it: with no code of the gateway's.
struct MQTTProperty: Hashable, Sendable {
  enum Value: Hashable, Sendable {
    case byte(UInt8)
    case int16(UInt16)
    case int32(UInt32)
    case variable(Int)
    case text(String)
    case data([UInt8])
    case pair(String, String)
  }

  let id: UInt8
  let value: Value

  static func payloadFormat(_ value: UInt8) -> MQTTProperty { .init(id: 0x01, value: .byte(value)) }
  static func messageExpiry(_ seconds: UInt32) -> MQTTProperty { .init(id: 0x02, value: .int32(seconds)) }
  static func contentType(_ text: String) -> MQTTProperty { .init(id: 0x03, value: .text(text)) }
  static func responseTopic(_ topic: String) -> MQTTProperty { .init(id: 0x08, value: .text(topic)) }
  static func correlationData(_ bytes: [UInt8]) -> MQTTProperty { .init(id: 0x09, value: .data(bytes)) }
  static func subscriptionIdentifier(_ number: Int) -> MQTTProperty { .init(id: 0x0b, value: .variable(number)) }
  static func sessionExpiry(_ seconds: UInt32) -> MQTTProperty { .init(id: 0x11, value: .int32(seconds)) }
  static func willDelay(_ seconds: UInt32) -> MQTTProperty { .init(id: 0x18, value: .int32(seconds)) }
  static func topicAliasMaximum(_ number: UInt16) -> MQTTProperty { .init(id: 0x22, value: .int16(number)) }
  static func topicAlias(_ number: UInt16) -> MQTTProperty { .init(id: 0x23, value: .int16(number)) }
  static func user(_ name: String, _ value: String) -> MQTTProperty { .init(id: 0x26, value: .pair(name, value)) }

  func write(to bytes: inout MQTTBytes) {
    bytes.byte(id)
    switch value {
    case .byte(let value): bytes.byte(value)
    case .int16(let value): bytes.int16(value)
    case .int32(let value): bytes.int32(value)
    case .variable(let value): bytes.variable(value)
    case .text(let value): bytes.data(Array(value.utf8))
    case .data(let value): bytes.data(value)
    case .pair(let name, let value):
      bytes.data(Array(name.utf8))
      bytes.data(Array(value.utf8))
    }
  }

  init(id: UInt8, value: Value) { (self.id, self.value) = (id, value) }

  init(_ bytes: inout MQTTBytes) {
    id = bytes.takeByte()
    value =
      switch id {
      case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a: .byte(bytes.takeByte())
      case 0x13, 0x21, 0x22, 0x23: .int16(bytes.takeInt16())
      case 0x02, 0x11, 0x18, 0x27: .int32(bytes.takeInt32())
      case 0x0b: .variable(bytes.takeVariable() ?? 0)
      case 0x09, 0x16: .data(bytes.takeData())
      case 0x26: .pair(bytes.takeText(), bytes.takeText())
      default: .text(bytes.takeText())
      }
  }
}

/// Bytes of a packet, written at the end and taken from the front. What is not there is read as zeros: the test that looks at
/// it fails then.
struct MQTTBytes {
  private(set) var all: [UInt8] = []
  private var position = 0

  init(_ bytes: [UInt8] = []) { all = bytes }

  var isEmpty: Bool { position >= all.count }
  var rest: [UInt8] { Array(all.dropFirst(position)) }

  mutating func byte(_ value: UInt8) { all.append(value) }
  mutating func int16(_ value: UInt16) { all += [UInt8(value >> 8), UInt8(value & 0xff)] }
  mutating func int32(_ value: UInt32) {
    int16(UInt16(value >> 16))
    int16(UInt16(value & 0xffff))
  }
  mutating func data(_ bytes: [UInt8]) {
    int16(UInt16(bytes.count))
    all += bytes
  }
  mutating func raw(_ bytes: [UInt8]) { all += bytes }
  mutating func variable(_ value: Int) {
    var rest = value
    repeat {
      all.append(UInt8(rest % 128) | (rest >= 128 ? 0x80 : 0))
      rest /= 128
    } while rest > 0
  }
  mutating func properties(_ properties: [MQTTProperty]) {
    var bytes = MQTTBytes()
    for property in properties { property.write(to: &bytes) }
    variable(bytes.all.count)
    all += bytes.all
  }

  mutating func takeByte() -> UInt8 {
    defer { position += 1 }
    return position < all.count ? all[position] : 0
  }
  mutating func takeInt16() -> UInt16 { UInt16(takeByte()) << 8 | UInt16(takeByte()) }
  mutating func takeInt32() -> UInt32 { UInt32(takeInt16()) << 16 | UInt32(takeInt16()) }
  mutating func takeData() -> [UInt8] {
    let count = Int(takeInt16())
    return take(count)
  }
  mutating func takeText() -> String { String(decoding: takeData(), as: UTF8.self) }
  mutating func take(_ count: Int) -> [UInt8] {
    defer { position += count }
    return Array(all.dropFirst(position).prefix(count))
  }
  /// Nil if it is not whole.
  mutating func takeVariable() -> Int? {
    var (value, shift) = (0, 0)
    while !isEmpty {
      let byte = takeByte()
      value |= Int(byte & 0x7f) << shift
      shift += 7
      if byte < 0x80 { return value }
    }
    return nil
  }
  mutating func takeProperties() -> [MQTTProperty] {
    var bytes = MQTTBytes(take(takeVariable() ?? 0))
    var properties: [MQTTProperty] = []
    while !bytes.isEmpty { properties.append(MQTTProperty(&bytes)) }
    return properties
  }
}
