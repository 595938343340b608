import Model

/// The text of a device's file with its keys taken out: a YAML parser copies what it reads, and wipes nothing.
///
/// Each value of a field `key` that is hexadecimal or sealed is replaced by as many characters that stand for it, so that
/// lines and columns stay as they are, and its place is known. A key that is written in another way (escapes, block
/// scalars) is left where it is.
struct HiddenKeys {
  /// The text for the parser.
  private(set) var text: [UInt8]
  private var bytes: [UInt8]
  private var values: [Value] = []

  /// One value that was taken out.
  private struct Value {
    /// Where it lies, without quotes.
    let place: Range<Int>
    let isQuoted: Bool
  }

  /// Takes the keys out of `bytes`, the contents of a file, and holds on to them: the caller wipes them when this is gone.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    text = bytes
    for start in bytes.indices where bytes[start] == UInt8(ascii: "k") {
      // Two digits stand for a key.
      guard values.count < 100, let value = Self.value(ofKeyAt: start, in: bytes) else { continue }
      text.replaceSubrange(value.place, with: Self.standIn(values.count, value).utf8)
      values.append(value)
    }
  }

  /// Begins with no text and no keys: what else reads devices hides them one by one.
  init() {
    text = []
    bytes = []
    bytes.reserveCapacity(Self.longestHidden * 4)
  }

  /// Takes `digits` if they are a key's, and returns what stands for them; nil if they are none. ``wipe()`` wipes them.
  mutating func hide(_ digits: Span<UInt8>) -> String? {
    guard (8...Self.longestHidden).contains(digits.count), values.count < 4 else { return nil }
    for index in digits.indices where Hexadecimal.value(of: digits[index]) == nil { return nil }
    let start = bytes.count
    for index in digits.indices { bytes.append(digits[index]) }
    values.append(Value(place: start..<bytes.count, isQuoted: true))
    return Self.standIn(values.count - 1, values[values.count - 1])
  }

  /// Wipes the keys that were hidden one by one.
  mutating func wipe() { Model.wipe(&bytes) }

  /// The key that `value` stands for, or `value` itself if it stands for none. The caller wipes it.
  func digits(for value: String) -> [UInt8] {
    if let place = place(of: value) { return Array(bytes[place]) }
    // Without quotes, what follows may belong to it: a label's text is put together again.
    return values.indices.filter { !values[$0].isQuoted }.reduce(Array(value.utf8)) { text, number in
      Array(text.replacing(Array(Self.standIn(number, values[number]).utf8), with: bytes[values[number].place]))
    }
  }

  /// A little more than the longest key has.
  private static let longestHidden = 256

  /// Where the key that `value` stands for lies in the contents, without quotes; nil if it stands for none.
  func place(of value: String) -> Range<Int>? {
    values.indices.first { Self.standIn($0, values[$0]) == value }.map { values[$0].place }
  }

  /// No key looks like it, and nobody can know it and write it elsewhere: `*07kwzqy`, and without quotes, where a star
  /// means something else, `_07kwzqy`.
  private static func standIn(_ number: Int, _ value: Value) -> String {
    let mark = value.isQuoted ? "*" : "_"
    let repetitions = value.place.count / salt.utf8.count + 1
    let rest = String(repeating: salt, count: repetitions).prefix(value.place.count - 3)
    return "\(mark)\(number / 10)\(number % 10)\(rest)"
  }

  /// Letters that are no hex digits, others in each process.
  private static let salt = String(decoding: (0..<32).map { _ in UInt8.random(in: saltLetters) }, as: UTF8.self)

  private static let saltLetters = UInt8(ascii: "g")...UInt8(ascii: "z")

  /// The value, if the word at `start` is a field `key` with one that may be a key.
  private static func value(ofKeyAt start: Int, in bytes: [UInt8]) -> Value? {
    guard bytes[start...].starts(with: "key".utf8), beginsField(bytes[..<start]) else { return nil }
    var rest = bytes[(start + 3)...]
    if isQuote(rest.first) { rest.removeFirst() }
    rest = rest.drop { isBlank($0) }
    guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
    // It may stand on the next line.
    rest = rest.drop { isBlank($0) || isLineBreak($0) }
    let quote = isQuote(rest.first) ? rest.first : nil
    if quote != nil { rest.removeFirst() }
    // What else stands behind the word, in a label's text say, stays as it is.
    let isSealed = rest.starts(with: SealedKey.mark)
    let value = rest.prefix { Hexadecimal.value(of: $0) != nil || (isSealed && isOfSealedKey($0)) }
    let next = bytes[value.endIndex...].first
    guard value.count >= 8, quote == nil ? endsPlain(next) : next == quote else { return nil }
    return Value(place: value.indices, isQuoted: quote != nil)
  }

  private static func isOfSealedKey(_ byte: UInt8) -> Bool {
    Character(UnicodeScalar(byte)).isLetter || byte == UInt8(ascii: ":")
  }

  /// Whether a value without quotes can end before `byte`.
  private static func endsPlain(_ byte: UInt8?) -> Bool {
    guard let byte else { return true }
    return isBlank(byte) || isLineBreak(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
  }

  /// Whether a field can begin behind `bytes`: on a line of its own, or in braces.
  private static func beginsField(_ bytes: ArraySlice<UInt8>) -> Bool {
    let before = isQuote(bytes.last) ? bytes.dropLast() : bytes
    guard let last = before.last(where: { !isBlank($0) }) else { return true }
    return isLineBreak(last) || last == UInt8(ascii: "{") || last == UInt8(ascii: ",")
  }

  private static func isQuote(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

  private static func isLineBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
