/// The start of every MQTT packet: what it is and how long (MQTT 3.1.1 §2.2).
struct FixedHeader: Equatable {
  /// What the packet is for.
  var kind: PacketKind
  /// The low four bits of the first byte.
  var flags: UInt8
  /// Where the packet's own fields lie in the bytes that it was read from; they may not have arrived yet.
  var body: Range<Int>

  /// The header that begins at `start`, or `nil` when it is not whole.
  ///
  /// - Throws: a ``SessionError`` as soon as the bytes there are show that no valid packet can follow.
  static func read(
    _ bytes: Span<UInt8>, from start: Int, limit: Int
  ) throws(SessionError) -> FixedHeader? {
    guard start < bytes.count else { return nil }
    let kind = try kind(of: bytes[start])
    guard let (length, bodyStart) = try remainingLength(bytes, from: start + 1) else { return nil }
    let end = bodyStart + length
    guard end - start <= limit else { throw .packetTooLarge(bytes: end - start, limit: limit) }
    return FixedHeader(kind: kind, flags: bytes[start] & 0x0F, body: bodyStart..<end)
  }

  private static func kind(of first: UInt8) throws(SessionError) -> PacketKind {
    guard let kind = PacketKind(rawValue: first >> 4) else { throw .kindReserved(first >> 4) }
    let flags = first & 0x0F
    if let required = kind.requiredFlags, flags != required { throw .flagsInvalid(kind, flags: flags) }
    return kind
  }

  /// Seven bits a byte, the lowest first, at most four bytes (MQTT 3.1.1 §2.2.3).
  private static func remainingLength(
    _ bytes: Span<UInt8>, from start: Int
  ) throws(SessionError) -> (length: Int, end: Int)? {
    var length = 0
    for offset in 0..<4 {
      guard start + offset < bytes.count else { return nil }
      let byte = bytes[start + offset]
      length |= Int(byte & 0x7F) << (7 * offset)
      if byte & 0x80 == 0 { return (length, start + offset + 1) }
    }
    throw .remainingLengthMalformed
  }
}
