import Yams

/// The text of a file as YAML nodes, with what could exhaust us refused before it is composed.
enum YAMLText {
  /// Parses `bytes`, the contents of the file `path`.
  ///
  /// - Returns: the root, or nil if there is no document.
  /// - Throws: ``Problem``.
  static func parse(_ bytes: [UInt8], path: String) throws(Problem) -> Node? {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(.error, path: path, line: lineOfInvalidUTF8(bytes), "is not UTF-8 text")
    }
    if let line = lineOfAlias(bytes) {
      throw Problem(.error, path: path, line: line, "has an anchor and its alias (&x, *x): write the value out")
    }
    return try node(of: text, path: path)
  }

  /// Parses `text`, which is known to have no anchors.
  ///
  /// - Returns: the root, or nil if there is no document.
  /// - Throws: ``Problem``.
  static func node(of text: String, path: String) throws(Problem) -> Node? {
    do {
      // The basic resolver takes every scalar as a string: fields know their types, and regular expressions are slow.
      return try compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw problem(error, path: path, text)
    } catch {
      throw Problem(.error, path: path, "is not YAML: \(error)")
    }
  }

  /// The line of the first alias whose anchor is there. Aliases of aliases grow without bound when they are looked at.
  private static func lineOfAlias(_ bytes: [UInt8]) -> Int? {
    guard bytes.contains(UInt8(ascii: "&")), bytes.contains(UInt8(ascii: "*")) else { return nil }
    let anchors = Set(names(after: UInt8(ascii: "&"), in: bytes).map(\.name))
    return names(after: UInt8(ascii: "*"), in: bytes).first { anchors.contains($0.name) }?.line
  }

  /// Every run of anchor characters behind `mark`, wherever it stands: rather one too many than one too few.
  private static func names(after mark: UInt8, in bytes: [UInt8]) -> [(name: ArraySlice<UInt8>, line: Int)] {
    var line = 1
    var names: [(name: ArraySlice<UInt8>, line: Int)] = []
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte == mark else { continue }
      let name = bytes[(index + 1)...].prefix { isAnchorCharacter($0) }
      if !name.isEmpty { names.append((name, line)) }
    }
    return names
  }

  private static func isAnchorCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default:
      false
    }
  }

  private static func lineOfInvalidUTF8(_ bytes: [UInt8]) -> Int {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return 1 + (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0)
  }

  private static func problem(_ error: YamlError, path: String, _ text: String) -> Problem {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return Problem(.error, path: path, line: mark.line, "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let names, let context):
      let list = names.map { "'\($0)'" }.joined(separator: ", ")
      return Problem(.error, path: path, line: context.mark.line, "\(list) is there more than once; keep one")
    case .reader(let problem, let offset, _, _):
      let line = text.prefix(offset ?? 0).utf8.count { $0 == UInt8(ascii: "\n") } + 1
      return Problem(.error, path: path, line: line, "is not YAML: \(problem)")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return Problem(.error, path: path, "is not YAML: \(error)")
    }
  }
}
