import ArgumentParser
import Devices
import Model
import Platform

/// Where a new device's key comes from. Never an argument: other users of the machine can read those.
struct KeyOptions: ParsableArguments {
  @Option(
    help: .init("Read the key, in hex, from this file instead of making one.", valueName: "file"), completion: .file())
  var keyFile: String?

  @Flag(help: "Read the key, in hex, from standard input instead of making one.")
  var keyStdin = false

  @Option(help: .init("How many bytes a new key has, 16 to 64. (default: 32)", valueName: "n"))
  var keyBytes: Int?

  func validate() throws {
    guard [keyFile != nil, keyStdin, keyBytes != nil].filter(\.self).count <= 1 else {
      throw ValidationError("Give one of --key-file, --key-stdin and --key-bytes.")
    }
    guard (PresharedKey.minimumLength...PresharedKey.maximumLength).contains(byteCount) else {
      let allowed = "\(PresharedKey.minimumLength) to \(PresharedKey.maximumLength)"
      throw ValidationError("The value '\(byteCount)' is invalid for '--key-bytes': allowed is \(allowed).")
    }
  }

  /// The key that was given, or a new one.
  func key() throws(Failure) -> SecretBytes {
    if let keyFile { return try Self.parse(try Self.contents(of: keyFile), from: keyFile) }
    if keyStdin { return try Self.parse(try Self.standardInput(), from: "standard input") }
    return Self.freshKey(byteCount: byteCount)
  }

  private var byteCount: Int { keyBytes ?? PresharedKey.defaultLength }

  /// A random key that does not begin with a zero byte, which clients that read hex as a number leave out.
  private static func freshKey(byteCount: Int) -> SecretBytes {
    while true {
      let key = PresharedKey.random(byteCount: byteCount)
      if key.withBytes({ $0[0] != 0 }) { return key }
    }
  }

  private static func contents(of path: String) throws(Failure) -> [UInt8] {
    do throws(InputFileError) {
      let file = try InputFile(path: path)
      if file.mode & 0o077 != 0 { warn("\(path) may be read or written by others: chmod 600 it") }
      var bytes = [UInt8](repeating: 0, count: longestFile)
      var count = 0
      while count < bytes.count {
        let more = try file.read(into: &bytes, from: count)
        guard more > 0 else { break }
        count += more
      }
      bytes.removeSubrange(count...)
      return bytes
    } catch {
      throw .keyUnreadable(path: path, error)
    }
  }

  private static func standardInput() throws(Failure) -> [UInt8] {
    // A terminal would show the key, and keep it in its scroll-back.
    guard !StandardStream.input.isTerminal else { throw .keyFromTerminal }
    var bytes = [UInt8](repeating: newline, count: longestFile)
    var count = 0
    do throws(SystemError) {
      while count < bytes.count, !bytes[..<count].contains(newline) {
        let more = try StandardStream.input.read(into: &bytes, from: count)
        guard more > 0 else { break }
        count += more
      }
    } catch {
      wipe(&bytes)
      throw .inputUnreadable(error)
    }
    // The first line counts: what stands behind it becomes blank.
    let end = bytes.firstIndex(of: newline) ?? bytes.count
    for index in bytes[end...].indices { bytes[index] = newline }
    return bytes
  }

  private static func parse(_ text: consuming [UInt8], from source: String) throws(Failure) -> SecretBytes {
    var bytes = text
    defer { wipe(&bytes) }
    let digits = bytes.span.extracting(range(ofText: bytes))
    do {
      return try PresharedKey.parse(hexadecimal: digits)
    } catch {
      throw .badKey(error, source: source)
    }
  }

  /// How much is read: a key with plenty of blanks around it.
  private static let longestFile = 1024
  private static let newline = UInt8(ascii: "\n")

  /// Where the text begins and ends, without blanks and newlines around it.
  private static func range(ofText bytes: [UInt8]) -> Range<Int> {
    let blanks: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
    guard let first = bytes.firstIndex(where: { !blanks.contains($0) }),
      let last = bytes.lastIndex(where: { !blanks.contains($0) })
    else { return 0..<0 }
    return first..<(last + 1)
  }
}
