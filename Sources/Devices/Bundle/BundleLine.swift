/// One line of a bundle, taken apart: `identity:hexkey`, split at the first colon as Mosquitto and stunnel do, with
/// blanks around both parts dropped.
struct BundleLine {
  /// Where the identity lies in the line.
  let identity: Range<Int>
  /// Where the key lies; nil if there is no colon.
  let key: Range<Int>?

  /// Takes `line` apart; nil if it is blank or a comment.
  init?(_ line: Span<UInt8>) {
    let text = Self.trim(line, 0..<line.count)
    guard let first = text.first, line[first] != UInt8(ascii: "#") else { return nil }
    guard let colon = text.first(where: { line[$0] == UInt8(ascii: ":") }) else {
      identity = text
      key = nil
      return
    }
    identity = Self.trim(line, text.lowerBound..<colon)
    key = Self.trim(line, colon + 1..<text.upperBound)
  }

  private static func trim(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isBlank(line[start]) { start += 1 }
    while start < end, isBlank(line[end - 1]) { end -= 1 }
    return start..<end
  }

  /// A carriage return counts: it is what CRLF leaves at the end of a line.
  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
