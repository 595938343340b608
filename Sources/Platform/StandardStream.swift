import Glibc

/// One of the three streams that a program starts with.
public enum StandardStream: CInt, Sendable {
  /// Standard input.
  case input = 0
  /// Standard output.
  case output = 1
  /// Standard error.
  case error = 2

  /// Whether a person sits at the other end.
  public var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Reads on, at most into `buffer[start...]`; waits until there is something.
  ///
  /// - Returns: how many bytes were read; 0 at the end.
  /// - Throws: ``SystemError``.
  public func read(into buffer: inout [UInt8], from start: Int) throws(SystemError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
        return unsafe Glibc.read(rawValue, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("read standard input") }
      return count
    }
  }

  /// Writes all of `bytes`, unbuffered.
  ///
  /// - Throws: ``SystemError`` where not all could be written.
  public func write(_ bytes: Span<UInt8>) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let rest = bytes.extracting(written...)
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("write to standard output") }
      written += count
    }
  }

  /// Writes `text` at once, unbuffered. What cannot be written is lost: there is nowhere left to say so.
  public func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
      guard written > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(0, written))
    }
  }
}
