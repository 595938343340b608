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
    var (text, version) = try text(made: made, above: [])
    defer { wipe(&text) }
    do throws(SystemError) {
      try AtomicFile.write(text.span, to: path, replacing: false)
    } catch {
      throw error.code == EEXIST ? .fileExists(path: path) : .system(error)
    }
    return version
  }

  /// Puts a fresh master key above those of a file: what is sealed under them still opens. The file's owner, group and
  /// permissions stay, and all who do this at once take turns.
  ///
  /// - Parameters:
  ///   - path: the file; a link is refused, for it would be replaced.
  ///   - made: when, for the comment beside it.
  /// - Returns: the fresh master key's version.
  /// - Throws: ``DevicesError``; ``DevicesError/changedMeanwhile(path:)`` if an editor wrote the file meanwhile.
  public static func add(to path: String, made: String) throws(DevicesError) -> MasterKeyVersion {
    let lock = try lock(path)
    defer { withExtendedLifetime(lock) {} }
    guard FileMode.isReplaceable(path) else {
      throw .masterKeyUnusable(
        source: path, reason: "is a link or no file, and would be replaced: name the file itself")
    }
    // Only what can be used is kept.
    _ = try MasterKeySource.file(path: path).load()
    let file = try MasterKeySource.open(path)
    var old = try MasterKeySource.contents(of: file)
    defer { wipe(&old) }
    var (text, version) = try text(made: made, above: old)
    defer { wipe(&text) }
    do throws(FileBatchError) {
      try AtomicFile.replace(path, by: text.span, expecting: file.version)
    } catch {
      throw DevicesError(error)
    }
    return version
  }

  private static func lock(_ path: String) throws(DevicesError) -> FileLock {
    do throws(SystemError) {
      return try AtomicFile.lock(beside: path)
    } catch {
      throw .system(error)
    }
  }

  /// What a file with a fresh master key above `old` holds. The caller wipes it.
  private static func text(
    made: String, above old: [UInt8]
  ) throws(DevicesError) -> (text: [UInt8], version: MasterKeyVersion) {
    var (digits, version) = try MasterKeys.random()
    defer { wipe(&digits) }
    let comment =
      "# Master key \(version), made \(made). Keep a copy elsewhere: without it, what is encrypted is lost.\n"
    var text: [UInt8] = []
    // Never grown, so that no copy stays behind.
    text.reserveCapacity(comment.utf8.count + digits.count + 1 + old.count)
    text += comment.utf8
    text += digits
    text.append(UInt8(ascii: "\n"))
    text += old
    return (text, version)
  }
}
