import Glibc

/// Files that are written as a whole or not at all, and are on disk once the call returns.
public enum AtomicFile {
  /// What every temporary file's name starts with. One that is found while nobody writes was left by a process that
  /// was killed.
  public static let temporaryPrefix = ".tmp-"

  /// Puts `bytes` at `path`, with `mode` and, where we may (root), the owner and group of the directory.
  ///
  /// Whoever opens `path` meanwhile gets the old file or the new, whole. On failure the old file is untouched and
  /// nothing else is left behind; only when the directory cannot be synchronized at the very end is the new file there.
  ///
  /// - Parameters:
  ///   - bytes: the file's contents.
  ///   - path: the file; a symbolic link there is replaced, not followed.
  ///   - mode: its permissions, whatever the umask.
  ///   - replacing: whether a file may be there; without, one that is there is an error with code EEXIST.
  /// - Throws: ``SystemError``.
  public static func write(
    _ bytes: Span<UInt8>, to path: String, mode: UInt32 = 0o600, replacing: Bool = true
  ) throws(SystemError) {
    let (directory, name) = try split(path)
    var batch = FileBatch(in: directory)
    do throws(FileBatchError) {
      try batch.stage(bytes, as: name, expecting: replacing ? .anything : .nothing, mode: mode)
      try batch.publish()
    } catch {
      switch error {
      case .system(let error): throw error
      case .exists(let path): throw SystemError("create \(path)", code: EEXIST)
      case .changed(let path): preconditionFailure("no version of \(path) was expected")
      }
    }
  }

  /// Puts `bytes` in place of the file at `path`, whose permissions stay, and where we may (root) its owner and group.
  ///
  /// - Parameters:
  ///   - path: the file; a symbolic link there is replaced, not followed.
  ///   - bytes: what is in it from then on.
  ///   - version: the file as it was when it was read.
  /// - Throws: ``FileBatchError``; ``FileBatchError/changed(path:)`` if it is another by now.
  public static func replace(
    _ path: String, by bytes: Span<UInt8>, expecting version: FileVersion
  ) throws(FileBatchError) {
    let (directory, name, old) = try look(at: path)
    var batch = FileBatch(in: directory)
    try batch.stage(bytes, as: name, expecting: .version(version), mode: old.mode, replacing: old)
    try batch.publish()
  }

  /// Waits until nobody else holds the lock on the directory of `path`, and takes it.
  ///
  /// - Throws: ``SystemError``.
  public static func lock(beside path: String) throws(SystemError) -> FileLock {
    try FileLock(on: try split(path).0)
  }

  private static func look(at path: String) throws(FileBatchError) -> (Directory, name: String, FileAttributes) {
    do throws(SystemError) {
      let (directory, name) = try split(path)
      return (directory, name, try directory.attributes(of: name))
    } catch {
      throw .system(error)
    }
  }

  private static func split(_ path: String) throws(SystemError) -> (Directory, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (try Directory(path: "."), path) }
    let parent = slash == path.startIndex ? "/" : String(path[..<slash])
    return (try Directory(path: parent), String(path[path.utf8.index(after: slash)...]))
  }
}
