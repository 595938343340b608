import Model

/// Lists as a table: a column for each field, named as in a device's file; `labels.site` and `next.key` are fields within
/// a field.
enum CSVRecords {
  /// Reads `text`; devices that cannot be used go to `log`.
  ///
  /// - Throws: ``Problem`` if it is no table, or has columns that are none of ours.
  static func read(
    _ text: Span<UInt8>, path: String, _ sealer: KeySealer, _ log: inout ProblemLog
  ) throws(Problem) -> [Device] {
    var scanner = CSVScanner(path: path)
    guard let head = try scanner.next(text) else { throw Problem(.error, path: path, "is empty: \(wanted)") }
    let columns = try columns(head, path)
    var devices: [Device] = []
    while var row = try scanner.next(text) {
      defer { row.wipe() }
      guard row.cells.count == columns.count else {
        log.report(
          .error, path: path, line: row.line, "has \(row.cells.count) cells where the head has \(columns.count)")
        continue
      }
      do throws(Problem) {
        var record = try record(of: row, columns, path)
        defer { record.keys.wipe() }
        if let device = record.device(path: path, sealer, &log) { devices.append(device) }
      } catch {
        log.add(error)
      }
    }
    return devices
  }

  private static func columns(_ head: CSVScanner.Row, _ path: String) throws(Problem) -> [String] {
    let names = head.cells.map { String(decoding: $0, as: UTF8.self) }
    for (index, name) in names.enumerated() {
      guard isColumn(name) else {
        throw Problem(.error, path: path, line: head.line, "'\(name.prefix(64))' is no column: \(wanted)")
      }
      guard !names[..<index].contains(name) else {
        throw Problem(.error, path: path, line: head.line, "the column '\(name)' is there twice; keep one")
      }
    }
    guard names.contains("key") else { throw Problem(.error, path: path, line: head.line, "has no key: \(wanted)") }
    return names
  }

  private static func isColumn(_ name: String) -> Bool {
    plainColumns.contains(name) || (name.hasPrefix("labels.") && name.utf8.count > "labels.".utf8.count)
  }

  private static func record(
    of row: CSVScanner.Row, _ columns: [String], _ path: String
  ) throws(Problem) -> RecordText {
    var record = RecordText(line: row.line)
    var groups: [String: [String]] = [:]
    for (column, cell) in zip(columns, row.cells) where !cell.isEmpty {
      let parts = column.split(separator: ".", maxSplits: 1).map(String.init)
      let isOuter = parts.count == 1
      let name = parts[isOuter ? 0 : 1]
      let value = try value(cell, name: isOuter || parts[0] != "labels" ? name : "", in: &record, row.line, path)
      groups[isOuter ? "" : parts[0], default: []].append("\(YAMLWriter.quote(name)): \(value)")
    }
    let outer = groups[""] ?? []
    let inner = groups.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }
      .map { "\"\($0.key)\": {\($0.value.joined(separator: ", "))}" }
    record.text = "{" + (outer + inner).joined(separator: ", ") + "}"
    return record
  }

  private static func value(
    _ cell: [UInt8], name: String, in record: inout RecordText, _ line: Int, _ path: String
  ) throws(Problem) -> String {
    if name == "key", let standIn = record.keys.hide(cell.span) { return YAMLWriter.quote(standIn) }
    guard let text = String(validating: cell, as: UTF8.self) else {
      throw Problem(.error, path: path, line: line, "\(name.isEmpty ? "a label" : name) is not UTF-8 text")
    }
    if lists.contains(name) {
      return "["
        + text.split(whereSeparator: \.isWhitespace).map { YAMLWriter.quote(String($0)) }.joined(separator: ", ")
        + "]"
    }
    let word = text.lowercased()
    return plain.contains(name) && isPlain(word) ? word : YAMLWriter.quote(text)
  }

  /// What YAML takes for a number or a word, and for nothing else.
  private static func isPlain(_ word: String) -> Bool {
    word.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
  }

  /// The fields that are numbers, or true or false.
  private static let plain: Set = Set(["enabled", "ack", "max_sessions"] + DeviceFile.quotaFields)
  /// The fields that are lists; a cell has their elements with blanks in between.
  static let lists: Set<String> = ["from", "publish", "subscribe"]

  /// Every column but those of labels.
  static let plainColumns =
    RecordText.fields.filter { !["next", "labels", "quota"].contains($0) }
    + ["next.identity", "next.identity_hex", "next.key"] + DeviceFile.quotaFields.map { "quota.\($0)" }

  private static let wanted =
    "the first line names the columns, separated by commas; allowed are \(plainColumns.joined(separator: ", ")), "
    + "labels.NAME"
}
