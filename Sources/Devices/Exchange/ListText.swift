import Model
import Platform

/// The whole text of a list, wiped when it is let go.
enum ListText {
  /// Reads the file `path`, or standard input.
  ///
  /// - Throws: ``Problem`` if it cannot be read, or is longer than `limit` bytes.
  static func read(_ path: String?, limit: Int) throws(Problem) -> SecretBytes {
    guard let path else { return try standardInput(limit: limit) }
    return SecretBytes(try BundleFile.open(path).contents(limit: limit))
  }

  private static func standardInput(limit: Int) throws(Problem) -> SecretBytes {
    var text = [UInt8](repeating: 0, count: 64 << 10)
    var filled = 0
    do throws(SystemError) {
      while true {
        let count = try StandardStream.input.read(into: &text, from: filled)
        guard count > 0 else { break }
        filled += count
        guard filled <= limit else { break }
        if filled == text.count { grow(&text) }
      }
    } catch {
      wipe(&text)
      throw Problem(.error, path: "standard input", "\(error)")
    }
    guard filled <= limit else {
      wipe(&text)
      throw Problem(.error, path: "standard input", "is longer than \(limit) bytes")
    }
    text.removeSubrange(filled...)
    return SecretBytes(text)
  }

  /// Doubles the room, and wipes what it leaves behind.
  private static func grow(_ text: inout [UInt8]) {
    var larger = [UInt8](repeating: 0, count: text.count * 2)
    larger.replaceSubrange(..<text.count, with: text)
    wipe(&text)
    text = larger
  }
}
