import Model

/// The text of a device's file with its keys taken out: a YAML parser copies what it reads, and wipes nothing.
///
/// Each quoted value of a field `key` that is hexadecimal is replaced by as many characters that stand for it, so that lines
/// and columns stay as they are. A key that is written in another way (escapes, tags, no quotes) is left where it is.
struct HiddenKeys {
  /// The text for the parser.
  private(set) var text: [UInt8]
  private var bytes: [UInt8]
  private var places: [Range<Int>] = []

  /// Takes the keys out of `bytes`, the contents of a file, and holds on to them: the caller wipes them when this is gone.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    text = bytes
    for start in bytes.indices where bytes[start] == UInt8(ascii: "k") {
      // Two digits stand for a key.
      guard places.count < 100, let place = Self.value(ofKeyAt: start, in: bytes) else { continue }
      text.replaceSubrange(place, with: Self.standIn(places.count, count: place.count).utf8)
      places.append(place)
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
    guard (8...Self.longestHidden).contains(digits.count), places.count < 4 else { return nil }
    for index in digits.indices where Hexadecimal.value(of: digits[index]) == nil { return nil }
    let start = bytes.count
    for index in digits.indices { bytes.append(digits[index]) }
    places.append(start..<bytes.count)
    return Self.standIn(places.count - 1, count: digits.count)
  }

  /// Wipes the keys that were hidden one by one.
  mutating func wipe() { Model.wipe(&bytes) }

  /// The key that `value` stands for, or `value` itself if it stands for none. The caller wipes it.
  func digits(for value: String) -> [UInt8] {
    let number = places.indices.first { Self.standIn($0, count: places[$0].count) == value }
    return number.map { Array(bytes[places[$0]]) } ?? Array(value.utf8)
  }

  /// A little more than the longest key has.
  private static let longestHidden = 256

  /// No key looks like it: `*07*****`.
  private static func standIn(_ number: Int, count: Int) -> String {
    "*\(number / 10)\(number % 10)" + String(repeating: "*", count: count - 3)
  }

  /// Where the value lies, without its quotes, if the word at `start` is a field `key` with a quoted value.
  private static func value(ofKeyAt start: Int, in bytes: [UInt8]) -> Range<Int>? {
    guard bytes[start...].starts(with: "key".utf8), beginsField(bytes[..<start]) else { return nil }
    var rest = bytes[(start + 3)...]
    if rest.first == UInt8(ascii: "\"") { rest.removeFirst() }
    rest = rest.drop { isBlank($0) }
    guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
    rest = rest.drop { isBlank($0) }
    guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    // What else stands behind the word, in a label's text say, stays as it is.
    let value = rest.prefix { Character(UnicodeScalar($0)).isHexDigit }
    guard value.count >= 8, value.endIndex < bytes.endIndex, bytes[value.endIndex] == quote else { return nil }
    return value.indices
  }

  /// Whether a field can begin behind `bytes`: on a line of its own, or in braces.
  private static func beginsField(_ bytes: ArraySlice<UInt8>) -> Bool {
    let before = bytes.last == UInt8(ascii: "\"") ? bytes.dropLast() : bytes
    guard let last = before.last(where: { !isBlank($0) }) else { return true }
    return [UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "{"), UInt8(ascii: ",")].contains(last)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
