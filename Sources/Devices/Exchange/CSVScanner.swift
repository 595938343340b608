import Model

/// Takes a table apart (RFC 4180): cells between commas, in double quotes where they hold commas, quotes or line breaks.
struct CSVScanner {
  /// One record of the table.
  struct Row {
    /// The line that it begins on.
    let line: Int
    /// Its cells, without their quotes.
    var cells: [[UInt8]] = []

    /// Wipes the cells: there may be keys among them.
    mutating func wipe() { for index in cells.indices { Model.wipe(&cells[index]) } }
  }

  private let path: String
  private var index = 0
  private var line = 1

  /// Begins at the start of the text of the file `path`.
  init(path: String) { self.path = path }

  /// The next record; nil at the end. Empty lines are left out.
  ///
  /// - Throws: ``Problem`` if it is no record.
  mutating func next(_ text: Span<UInt8>) throws(Problem) -> Row? {
    if index == 0, text.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
    while index < text.count, takeLineBreak(text) {}
    guard index < text.count else { return nil }
    var row = Row(line: line)
    while true {
      row.cells.append(index < text.count && text[index] == quote ? try quotedCell(text) : try plainCell(text))
      if index < text.count, text[index] == comma {
        index += 1
        guard index < text.count else {
          row.cells.append([])
          return row
        }
        continue
      }
      guard index == text.count || takeLineBreak(text) else {
        throw Problem(.error, path: path, line: line, "has text behind a closing quote: double a quote within a cell")
      }
      return row
    }
  }

  private mutating func plainCell(_ text: Span<UInt8>) throws(Problem) -> [UInt8] {
    let start = index
    while index < text.count, text[index] != comma, !isLineBreak(text) {
      guard text[index] != quote else {
        throw Problem(
          .error, path: path, line: line, "has a quote within a cell: put the cell in quotes, and double it")
      }
      index += 1
    }
    return text.extracting(start..<index).array
  }

  private mutating func quotedCell(_ text: Span<UInt8>) throws(Problem) -> [UInt8] {
    let first = line
    index += 1
    let start = index
    // Looked at first, so that the cell is made in one piece and no copy of a key stays behind.
    while index < text.count, text[index] != quote || (index + 1 < text.count && text[index + 1] == quote) {
      if text[index] == UInt8(ascii: "\n") { line += 1 }
      index += text[index] == quote ? 2 : 1
    }
    guard index < text.count else {
      throw Problem(.error, path: path, line: first, "begins a quote that is never closed")
    }
    var cell: [UInt8] = []
    cell.reserveCapacity(index - start)
    var place = start
    while place < index {
      cell.append(text[place])
      place += text[place] == quote ? 2 : 1
    }
    index += 1
    return cell
  }

  /// CRLF, or LF alone.
  private func isLineBreak(_ text: Span<UInt8>) -> Bool {
    text[index] == UInt8(ascii: "\n")
      || (text[index] == UInt8(ascii: "\r") && index + 1 < text.count && text[index + 1] == UInt8(ascii: "\n"))
  }

  private mutating func takeLineBreak(_ text: Span<UInt8>) -> Bool {
    guard isLineBreak(text) else { return false }
    index += text[index] == UInt8(ascii: "\n") ? 1 : 2
    line += 1
    return true
  }

  private var comma: UInt8 { UInt8(ascii: ",") }
  private var quote: UInt8 { UInt8(ascii: "\"") }
}
