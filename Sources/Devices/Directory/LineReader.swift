import Model
import Platform

/// Reads a file line by line through one small window, which is wiped afterwards.
enum LineReader {
  /// The longest line; a file with a longer one is none of ours.
  static let maximumLineBytes = 1 << 20

  /// Lends each line of `file`, without its newline, and its number to `body`.
  ///
  /// - Throws: ``Problem`` if the file is longer than `limit`, has too long a line, or cannot be read.
  static func read(
    _ file: borrowing InputFile, limit: Int, _ body: (Span<UInt8>, Int) -> Void
  ) throws(Problem) {
    var window = [UInt8](repeating: 0, count: maximumLineBytes)
    defer { wipe(&window) }
    var (filled, total, number) = (0, 0, 0)
    while true {
      let count = try read(file, into: &window, from: filled)
      (filled, total) = (filled + count, total + count)
      guard total <= limit else { throw Problem(.error, path: file.path, "is longer than \(limit) bytes") }
      let used = lines(in: window.span.extracting(..<filled), number: &number, isLast: count == 0, body)
      guard count > 0 else { return }
      guard used > 0 || filled < window.count else {
        throw Problem(.error, path: file.path, line: number + 1, "is longer than \(window.count) bytes")
      }
      for index in used..<filled { window[index - used] = window[index] }
      filled -= used
    }
  }

  /// Lends each line of `text`, without its newline, and its number to `body`.
  static func forEachLine(of text: Span<UInt8>, _ body: (Span<UInt8>, Int) -> Void) {
    var number = 0
    _ = lines(in: text, number: &number, isLast: true, body)
  }

  private static func read(
    _ file: borrowing InputFile, into window: inout [UInt8], from start: Int
  ) throws(Problem) -> Int {
    do throws(InputFileError) {
      return try file.read(into: &window, from: start)
    } catch {
      throw error.problem(path: file.path)
    }
  }

  /// Hands out the whole lines in `window`, and what is behind the last newline if nothing follows.
  ///
  /// - Returns: how many bytes were used.
  private static func lines(
    in window: Span<UInt8>, number: inout Int, isLast: Bool, _ body: (Span<UInt8>, Int) -> Void
  ) -> Int {
    var start = number == 0 && window.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    for index in window.indices where window[index] == UInt8(ascii: "\n") {
      number += 1
      body(window.extracting(start..<index), number)
      start = index + 1
    }
    if isLast, start < window.count {
      number += 1
      body(window.extracting(start...), number)
    }
    return start
  }

  /// U+FEFF in UTF-8, which some editors put at the start of a file.
  static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
}
