import CPlatform
import Glibc

/// A pipe (pipe(2)): what is written to one end is read from the other. Neither end is inherited by a child as it is.
public final class Pipe: Sendable {
  /// What is read from.
  public let readingEnd: CInt
  private let writingEnd: CInt

  /// Opens a pipe.
  ///
  /// - Throws: ``SystemError`` if no file can be opened.
  public init() throws(SystemError) {
    var ends: [CInt] = [-1, -1]
    guard unsafe gw_pipe(&ends) == 0 else { throw SystemError("open a pipe") }
    (readingEnd, writingEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readingEnd)
  }

  /// Lends the end that is written to, and closes it afterwards: a child that has inherited it is the only writer then.
  /// Called once.
  public func withWritingEnd<Result>(_ body: (CInt) throws(SystemError) -> Result) throws(SystemError) -> Result {
    defer { close(writingEnd) }
    return try body(writingEnd)
  }

  /// Calls `body` with what comes, in pieces, until nobody can write any more. Blocks.
  public func forEachPiece(_ body: (ArraySlice<UInt8>) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = unsafe read(readingEnd, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      body(buffer.prefix(count))
    }
  }

  /// Calls `body` with each line that comes, until nobody can write any more. Blocks.
  public func forEachLine(_ body: (String) -> Void) {
    var pending: [UInt8] = []
    forEachPiece { piece in
      pending += piece
      while let newline = pending.firstIndex(of: 10) {
        body(String(decoding: pending[..<newline], as: UTF8.self))
        pending.removeSubrange(...newline)
      }
      guard pending.count > Self.longestLine else { return }
      body(String(decoding: pending, as: UTF8.self))
      pending.removeAll()
    }
    if !pending.isEmpty { body(String(decoding: pending, as: UTF8.self)) }
  }

  /// A longer line is handed on in pieces.
  private static let longestLine = 65_536
}
