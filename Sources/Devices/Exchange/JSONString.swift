/// A string of JSON (RFC 8259 §7).
enum JSONString {
  /// Reads the string that begins at `index`, which is moved behind it.
  ///
  /// - Throws: what `problem` makes of what is wrong.
  static func read(
    _ text: Span<UInt8>, _ index: inout Int, _ problem: (String) -> Problem
  ) throws(Problem) -> String {
    guard index < text.count, text[index] == UInt8(ascii: "\"") else { throw problem("has no string where one is due") }
    index += 1
    var units: [UInt8] = []
    while index < text.count, text[index] != UInt8(ascii: "\"") {
      let byte = text[index]
      guard byte >= 0x20 else { throw problem("has a control character within a string: write it as \\u00XX") }
      index += 1
      if byte == UInt8(ascii: "\\") {
        units += String(try escape(text, &index, problem)).utf8
      } else {
        units.append(byte)
      }
    }
    guard index < text.count else { throw problem("ends within a string") }
    index += 1
    guard let string = String(validating: units, as: UTF8.self) else { throw problem("is not UTF-8 text") }
    return string
  }

  private static func escape(
    _ text: Span<UInt8>, _ index: inout Int, _ problem: (String) -> Problem
  ) throws(Problem) -> Unicode.Scalar {
    let letter = index < text.count ? text[index] : 0
    index += 1
    if letter == UInt8(ascii: "u") { return try scalar(text, &index, problem) }
    guard let meaning = meanings[letter] else { throw problem("has an escape that JSON does not know") }
    return meaning
  }

  /// Four hex digits, or twice four for what lies beyond them.
  private static func scalar(
    _ text: Span<UInt8>, _ index: inout Int, _ problem: (String) -> Problem
  ) throws(Problem) -> Unicode.Scalar {
    let wrong = problem("has \\u without the four hex digits of a character")
    guard let first = unit(text, &index) else { throw wrong }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard index + 1 < text.count, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u") else {
      throw wrong
    }
    index += 2
    guard let second = unit(text, &index), UTF16.isLeadSurrogate(first), UTF16.isTrailSurrogate(second) else {
      throw wrong
    }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  private static func unit(_ text: Span<UInt8>, _ index: inout Int) -> UInt16? {
    guard index + 4 <= text.count else { return nil }
    var unit: UInt16 = 0
    for place in index..<index + 4 {
      guard let digit = Hexadecimal.value(of: text[place]) else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    index += 4
    return unit
  }

  private static let meanings: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
    UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]
}
