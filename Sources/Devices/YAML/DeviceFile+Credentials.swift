import Model

extension DeviceFile {
  /// The contents of a device's file with the identity, the key and the rotation of `wanted`, and everything else, comments
  /// too, as it was; nil if the file is written in a way that does not allow it. The caller wipes it.
  ///
  /// The new lines are those that ``text(of:_:)`` writes, so keys look as in a file that is written anew.
  static func text(
    _ bytes: [UInt8], settingCredentialsOf wanted: Device, path: String, _ sealer: KeySealer
  ) -> [UInt8]? {
    guard let present = parse(bytes, id: wanted.id, path: path, sealer).device else { return nil }
    // In clear, to compare; a key that is sealed looks different each time.
    var (before, after, written) = (text(of: present, nil), text(of: wanted, nil), text(of: wanted, sealer))
    defer {
      wipe(&before)
      wipe(&after)
      wipe(&written)
    }
    let (old, new, template) = (TopLevelFields(before), TopLevelFields(after), TopLevelFields(written))
    var fields = TopLevelFields(bytes)
    for (field, successor) in [("key", nil), ("identity", "key"), ("identity_hex", "key"), ("next", nil)]
    where old.lines(of: field) != new.lines(of: field) {
      fields.replace(field, with: template.lines(of: field), before: successor)
    }
    var edited = fields.text
    guard parse(edited, id: wanted.id, path: path, sealer).device?.reads(as: wanted) == true else {
      wipe(&edited)
      return nil
    }
    return edited
  }
}

/// The lines of a device's file, by the field that they belong to: a field begins in the first column, and goes on over
/// the lines that are indented.
///
/// It knows nothing else of YAML: whoever edits with it reads what came of it.
struct TopLevelFields {
  private var lines: [ArraySlice<UInt8>]

  /// Splits `bytes`, the contents of a file.
  init(_ bytes: [UInt8]) {
    lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last newline is no line.
    if lines.last?.isEmpty == true { lines.removeLast() }
  }

  /// The file, each line ending in a newline. The caller wipes it.
  var text: [UInt8] {
    var text: [UInt8] = []
    // No more than is needed and never grown, so that no copy stays behind.
    text.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
    for line in lines {
      text += line
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// The lines of a field; none if it is not there.
  func lines(of field: String) -> ArraySlice<ArraySlice<UInt8>> { lines[range(of: field) ?? 0..<0] }

  /// Puts `new` in place of a field's lines. A field that is not there comes before the field `other`, or at the end.
  mutating func replace(_ field: String, with new: ArraySlice<ArraySlice<UInt8>>, before other: String?) {
    guard let old = range(of: field) else {
      let place = other.flatMap { range(of: $0)?.lowerBound } ?? lines.endIndex
      lines.insert(contentsOf: new, at: place)
      return
    }
    guard old.count == 1, new.count == 1, let line = new.first else {
      lines.replaceSubrange(old, with: new)
      return
    }
    lines[old.lowerBound] = line + Self.comment(behind: lines[old.lowerBound])
  }

  private func range(of field: String) -> Range<Int>? {
    guard let start = lines.firstIndex(where: { Self.begins($0, field) }) else { return nil }
    let rest = lines[(start + 1)...].prefix { Self.isIndented($0) || Self.isRemark($0) }
    // Remarks between two fields belong to neither.
    return start..<(rest.lastIndex(where: Self.isIndented) ?? start) + 1
  }

  private static func isIndented(_ line: ArraySlice<UInt8>) -> Bool {
    line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
  }

  /// Whether a line is a comment in the first column, or empty.
  private static func isRemark(_ line: ArraySlice<UInt8>) -> Bool {
    line.first == UInt8(ascii: "#") || line.first == UInt8(ascii: "\r") || line.isEmpty
  }

  private static func begins(_ line: ArraySlice<UInt8>, _ field: String) -> Bool {
    let isQuoted = line.first == UInt8(ascii: "\"")
    let name = isQuoted ? Array("\"\(field)\"".utf8) : Array(field.utf8)
    guard line.starts(with: name) else { return false }
    return line.dropFirst(name.count).first { $0 != UInt8(ascii: " ") } == UInt8(ascii: ":")
  }

  /// What stands behind the quoted value of a line, from the blanks before `#` on; a carriage return counts as well.
  private static func comment(behind line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isQuote = { (byte: UInt8) in byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let open = line[colon...].firstIndex(where: isQuote),
      let close = line[(open + 1)...].firstIndex(of: line[open])
    else { return [] }
    let rest = line[(close + 1)...]
    let first = rest.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    return first == UInt8(ascii: "#") || first == UInt8(ascii: "\r") ? rest : []
  }
}
