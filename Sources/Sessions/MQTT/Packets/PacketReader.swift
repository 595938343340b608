import Model

/// Reads the fields of one packet in order. The bytes are lent to each call, so that nothing is copied but what is kept.
struct PacketReader {
  /// What is read.
  let kind: PacketKind
  /// Where the next field begins.
  private(set) var position: Int
  private let end: Int

  /// Reads the fields of the packet behind `header`.
  init(_ header: FixedHeader) {
    kind = header.kind
    position = header.body.lowerBound
    end = header.body.upperBound
  }

  private init(kind: PacketKind, position: Int, end: Int) {
    (self.kind, self.position, self.end) = (kind, position, end)
  }

  /// Whether no field is left.
  var isAtEnd: Bool { position == end }

  /// One byte.
  mutating func byte(of bytes: Span<UInt8>) throws(SessionError) -> UInt8 {
    bytes[try advance(by: 1).lowerBound]
  }

  /// Two bytes, the high one first.
  mutating func integer(of bytes: Span<UInt8>) throws(SessionError) -> UInt16 {
    let range = try advance(by: 2)
    return UInt16(bytes[range.lowerBound]) << 8 | UInt16(bytes[range.lowerBound + 1])
  }

  /// Four bytes, the high one first.
  mutating func longInteger(of bytes: Span<UInt8>) throws(SessionError) -> UInt32 {
    let range = try advance(by: 4)
    return range.reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
  }

  /// Seven bits a byte, the lowest first, at most four bytes (MQTT 5 §1.5.5).
  mutating func variableInteger(of bytes: Span<UInt8>) throws(SessionError) -> Int {
    var value = 0
    for shift in [0, 7, 14, 21] {
      let byte = try byte(of: bytes)
      value |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw .variableIntegerMalformed(kind)
  }

  /// A byte that is 0 or 1.
  mutating func flag(_ name: PacketProperties.Name, of bytes: Span<UInt8>) throws(SessionError) -> Bool {
    switch try byte(of: bytes) {
    case 0: return false
    case 1: return true
    default: throw .propertyInvalid(kind, name)
    }
  }

  /// A packet identifier, which is not 0 [MQTT-2.3.1-1].
  mutating func packetID(of bytes: Span<UInt8>) throws(SessionError) -> UInt16 {
    let packetID = try integer(of: bytes)
    guard packetID != 0 else { throw .packetIDZero(kind) }
    return packetID
  }

  /// Where the bytes behind a two-byte length lie.
  mutating func block(of bytes: Span<UInt8>) throws(SessionError) -> Range<Int> {
    let length = try integer(of: bytes)
    return try advance(by: Int(length))
  }

  /// A text behind a two-byte length: UTF-8 without U+0000 (MQTT 3.1.1 §1.5.3).
  mutating func text(of bytes: Span<UInt8>) throws(SessionError) -> String {
    let range = try block(of: bytes)
    for index in range where bytes[index] == 0 { throw .textInvalid }
    do {
      return String(copying: try UTF8Span(validating: bytes.extracting(range)))
    } catch {
      throw .textInvalid
    }
  }

  /// A topic name. One that repeats `last`, as a sensor's does, costs no memory.
  mutating func topic(of bytes: Span<UInt8>, last: Topic?) throws(SessionError) -> Topic {
    if let last, repeats(last, bytes) {
      _ = try block(of: bytes)
      return last
    }
    return try Topic(reading: text(of: bytes))
  }

  private func repeats(_ topic: Topic, _ bytes: Span<UInt8>) -> Bool {
    let name = topic.name.utf8Span.span
    let start = position + 2
    guard start + name.count <= end, Int(bytes[position]) << 8 | Int(bytes[position + 1]) == name.count else {
      return false
    }
    for index in name.indices where name[index] != bytes[start + index] { return false }
    return true
  }

  /// Passes over a two-byte length of 0, if it is next.
  mutating func takeEmptyBlock(of bytes: Span<UInt8>) -> Bool {
    guard end - position >= 2, bytes[position] == 0, bytes[position + 1] == 0 else { return false }
    position += 2
    return true
  }

  /// The next `count` bytes, as fields of their own.
  mutating func part(_ count: Int) throws(SessionError) -> PacketReader {
    let range = try advance(by: count)
    return PacketReader(kind: kind, position: range.lowerBound, end: range.upperBound)
  }

  /// Where the bytes lie that no field has taken.
  mutating func rest() -> Range<Int> {
    defer { position = end }
    return position..<end
  }

  /// Nothing may be left.
  func finish() throws(SessionError) {
    guard isAtEnd else { throw .packetOverlong(kind) }
  }

  private mutating func advance(by count: Int) throws(SessionError) -> Range<Int> {
    guard count <= end - position else { throw .packetTruncated(kind) }
    defer { position += count }
    return position..<(position + count)
  }
}
