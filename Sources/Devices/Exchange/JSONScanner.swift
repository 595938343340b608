import Model

/// Takes an array of JSON objects apart (RFC 8259), and writes each as ``RecordText``: on the same lines, with strings
/// written anew and without keys. Members that are null are left out.
struct JSONScanner {
  private let path: String
  private var index = 0
  private var line = 1
  private var isInside = false

  /// Begins at the start of the text of the file `path`.
  init(path: String) { self.path = path }

  /// The next object; nil at the end.
  ///
  /// - Throws: ``Problem`` where the text is no array of objects.
  mutating func next(_ text: Span<UInt8>) throws(Problem) -> RecordText? {
    skipBlanks(text)
    if !isInside {
      try take("[", text, "is no array: a list is [{\"id\": \"...\", \"key\": \"...\"}, ...]")
      isInside = true
      skipBlanks(text)
      if peek(text) == "]" { return try end(text) }
    } else {
      if peek(text) == "]" { return try end(text) }
      try take(",", text, "has no ',' or ']' behind an element")
      skipBlanks(text)
    }
    guard peek(text) == "{" else { throw problem("has an element that is no object: a device is {\"id\": ...}") }
    var record = RecordText(line: line)
    _ = try value(text, depth: 0, in: &record)
    return record
  }

  private mutating func end(_ text: Span<UInt8>) throws(Problem) -> RecordText? {
    index += 1
    skipBlanks(text)
    guard index == text.count else { throw problem("has text behind its end") }
    return nil
  }

  /// - Returns: whether it is null.
  private mutating func value(
    _ text: Span<UInt8>, depth: Int, in record: inout RecordText, isKey: Bool = false
  ) throws(Problem) -> Bool {
    guard depth < 8 else { throw problem("is nested deeper than a device's fields are") }
    switch peek(text) {
    case "{": try object(text, depth: depth, in: &record)
    case "[": try array(text, depth: depth, in: &record)
    case "\"": try string(text, isKey: isKey, in: &record)
    default:
      let word = try word(text)
      record.text += word
      return word == "null"
    }
    return false
  }

  private mutating func object(_ text: Span<UInt8>, depth: Int, in record: inout RecordText) throws(Problem) {
    index += 1
    record.text += "{"
    record.text += skipBlanks(text)
    var (isFirst, hasMembers) = (true, false)
    while peek(text) != "}" || !isFirst {
      let before = record.text
      if hasMembers { record.text += ", " }
      let name = try plainString(text)
      record.text += YAMLWriter.quote(name)
      // A name and its colon stay on one line.
      var breaks = skipBlanks(text)
      try take(":", text, "has no ':' behind the name '\(name.prefix(64))'")
      breaks += skipBlanks(text)
      record.text += ": " + breaks
      if try value(text, depth: depth + 1, in: &record, isKey: name == "key") {
        record.text = before + breaks
      } else {
        hasMembers = true
      }
      record.text += skipBlanks(text)
      isFirst = false
      guard peek(text) == "," else { break }
      index += 1
      record.text += skipBlanks(text)
    }
    try take("}", text, "has no ',' or '}' behind a member")
    record.text += "}"
  }

  private mutating func array(_ text: Span<UInt8>, depth: Int, in record: inout RecordText) throws(Problem) {
    index += 1
    record.text += "[" + skipBlanks(text)
    var isFirst = true
    while peek(text) != "]" || !isFirst {
      if !isFirst { record.text += ", " }
      _ = try value(text, depth: depth + 1, in: &record)
      record.text += skipBlanks(text)
      isFirst = false
      guard peek(text) == "," else { break }
      index += 1
      record.text += skipBlanks(text)
    }
    try take("]", text, "has no ',' or ']' behind an element")
    record.text += "]"
  }

  private mutating func string(_ text: Span<UInt8>, isKey: Bool, in record: inout RecordText) throws(Problem) {
    if isKey, let end = (index + 1..<text.count).first(where: { text[$0] == UInt8(ascii: "\"") }),
      let standIn = record.keys.hide(text.extracting(index + 1..<end))
    {
      index = end + 1
      record.text += YAMLWriter.quote(standIn)
    } else {
      record.text += YAMLWriter.quote(try plainString(text))
    }
  }

  private mutating func plainString(_ text: Span<UInt8>) throws(Problem) -> String {
    let (path, line) = (path, line)
    return try JSONString.read(text, &index) { Problem(.error, path: path, line: line, $0) }
  }

  /// A number, `true`, `false` or `null`.
  private mutating func word(_ text: Span<UInt8>) throws(Problem) -> String {
    let start = index
    while index < text.count, "+-.".utf8.contains(text[index]) || Character(UnicodeScalar(text[index])).isASCIIWord {
      index += 1
    }
    let word = String(decoding: text.extracting(start..<index).array, as: UTF8.self)
    guard ["true", "false", "null"].contains(word) || isNumber(word) else {
      throw problem(
        word.isEmpty ? "ends, or has no value, where one is due" : "'\(word.prefix(64))' is no value of JSON")
    }
    return word
  }

  private func isNumber(_ word: String) -> Bool {
    word.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
  }

  private func peek(_ text: Span<UInt8>) -> Character? {
    index < text.count ? Character(UnicodeScalar(text[index])) : nil
  }

  private mutating func take(_ character: Character, _ text: Span<UInt8>, _ message: String) throws(Problem) {
    guard peek(text) == character else { throw problem(message) }
    index += 1
  }

  /// - Returns: the line breaks among them.
  @discardableResult private mutating func skipBlanks(_ text: Span<UInt8>) -> String {
    var breaks = ""
    if index == 0, text.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
    while index < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[index]) {
      if text[index] == UInt8(ascii: "\n") {
        line += 1
        breaks += "\n"
      }
      index += 1
    }
    return breaks
  }

  private func problem(_ message: String) -> Problem { Problem(.error, path: path, line: line, message) }
}

extension Character {
  fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber) }
}
