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
