import Glibc
import Model
import Platform

/// Files with master keys, mode 0600, as ``MasterKeySource/file(path:)`` reads them.
public enum MasterKeyFile {
  /// Makes a file with a fresh master key.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - made: when, for the comment beside it.
  /// - Returns: the master key's version.
  /// - Throws: ``DevicesError``; ``DevicesError/fileExists(path:)`` if there is a file.
  public static func create(at path: String, made: String) throws(DevicesError) -> MasterKeyVersion {
    try write(to: path, made: made, above: [], replacing: false)
  }

  /// Puts a fresh master key above those of a file: what is sealed under them still opens.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - made: when, for the comment beside it.
  /// - Returns: the fresh master key's version.
  /// - Throws: ``DevicesError``.
  public static func add(to path: String, made: String) throws(DevicesError) -> MasterKeyVersion {
    // Only what can be used is kept.
    _ = try MasterKeySource.file(path: path).load()
    var old = try MasterKeySource.contents(of: try MasterKeySource.open(path))
    defer { wipe(&old) }
    return try write(to: path, made: made, above: old, replacing: true)
  }

  private static func write(
    to path: String, made: String, above old: [UInt8], replacing: Bool
  ) throws(DevicesError) -> MasterKeyVersion {
    var (digits, version) = try MasterKeys.random()
    var text: [UInt8] = []
    let comment =
      "# Master key \(version), made \(made). Keep a copy elsewhere: without it, what is encrypted is lost.\n"
    // Never grown, so that no copy stays behind.
    text.reserveCapacity(comment.utf8.count + digits.count + 1 + old.count)
    defer {
      wipe(&digits)
      wipe(&text)
    }
    text += comment.utf8
    text += digits
    text.append(UInt8(ascii: "\n"))
    text += old
    do throws(SystemError) {
      try AtomicFile.write(text.span, to: path, replacing: replacing)
    } catch {
      throw error.code == EEXIST ? .fileExists(path: path) : .system(error)
    }
    return version
  }
}
