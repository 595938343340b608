/// How messages without topics are told apart.
enum Framing: Sendable {
  /// LF or CRLF ends a message.
  case lines
  /// A 4-byte big-endian length precedes a message.
  case frames

  /// One message in a longer run of bytes.
  struct Piece: Equatable {
    /// The message's own bytes.
    var content: Range<Int>
    /// Where the next message begins.
    var end: Int
  }

  /// The message that begins at `start`, or `nil` when it is not whole. The bytes before `searched` hold no end of line.
  func piece(
    of bytes: Span<UInt8>, from start: Int, searched: Int, limit: Int
  ) throws(SessionError) -> Piece? {
    switch self {
    case .lines: try Self.line(of: bytes, from: start, searched: searched, limit: limit)
    case .frames: try Self.frame(of: bytes, from: start, limit: limit)
    }
  }

  /// The range from `start` to `end` without one trailing CR.
  static func withoutReturn(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Range<Int> {
    start < end && bytes[end - 1] == UInt8(ascii: "\r") ? start..<(end - 1) : start..<end
  }

  /// `text` as one message to the device.
  func message(_ text: String) -> [UInt8] {
    switch self {
    case .lines: return Array(text.utf8) + [UInt8(ascii: "\n")]
    case .frames:
      let count = UInt32(clamping: text.utf8.count)
      return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + Array(text.utf8)
    }
  }

  private static func line(
    of bytes: Span<UInt8>, from start: Int, searched: Int, limit: Int
  ) throws(SessionError) -> Piece? {
    var end = max(start, searched)
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    let content = withoutReturn(bytes, from: start, to: end)
    // Refused as soon as it is certain, so that no more than the limit and a CR is ever kept.
    guard content.count <= limit else { throw .lineTooLong(limit: limit) }
    return end < bytes.count ? Piece(content: content, end: end + 1) : nil
  }

  private static func frame(of bytes: Span<UInt8>, from start: Int, limit: Int) throws(SessionError) -> Piece? {
    guard bytes.count - start >= 4 else { return nil }
    var length = 0
    for index in start..<(start + 4) { length = length << 8 | Int(bytes[index]) }
    guard length <= limit else { throw .frameTooLong(bytes: length, limit: limit) }
    guard bytes.count - start - 4 >= length else { return nil }
    return Piece(content: (start + 4)..<(start + 4 + length), end: start + 4 + length)
  }
}
