/// Text in aligned columns, without borders.
struct Table: Sendable {
  /// The head of each column; empty for a table without heads.
  var heads: [String] = []
  /// The rows, each with a cell for every column.
  var rows: [[String]] = []

  /// The table, a line for each row, each ending with a newline.
  var text: String {
    let lines = (heads.isEmpty ? rows : [heads] + rows).map { $0.map { showable($0) } }
    let widths = Self.widths(of: lines)
    return lines.map { Self.line($0, widths: widths) + "\n" }.joined()
  }

  private static func widths(of lines: [[String]]) -> [Int] {
    let columns = lines.map(\.count).max() ?? 0
    return (0..<columns).map { column in
      lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
  }

  private static func line(_ cells: [String], widths: [Int]) -> String {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      line += cell + String(repeating: " ", count: width - cell.count + 2)
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
