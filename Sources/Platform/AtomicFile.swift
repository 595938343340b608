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
    let temporary = temporaryPrefix + String(UInt64.random(in: .min ... .max), radix: 16)
    do throws(SystemError) {
      try create(temporary, in: directory, bytes, mode: mode)
      try publish(temporary, as: name, in: directory, replacing: replacing)
    } catch {
      // It may not be there, and the first failure is the one to tell.
      _ = unsafe unlinkat(directory.descriptor, temporary, 0)
      throw error
    }
    try directory.synchronize()
  }

  private static func split(_ path: String) throws(SystemError) -> (Directory, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (try Directory(path: "."), path) }
    let parent = slash == path.startIndex ? "/" : String(path[..<slash])
    return (try Directory(path: parent), String(path[path.utf8.index(after: slash)...]))
  }

  private static func create(
    _ name: String, in directory: Directory, _ bytes: Span<UInt8>, mode: UInt32
  ) throws(SystemError) {
    let path = "\(directory.path)/\(name)"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe openat(directory.descriptor, name, flags, 0o600)
    guard descriptor >= 0 else { throw SystemError("create \(path)") }
    defer { close(descriptor) }
    try writeAll(bytes, to: descriptor, path)
    // The owner before the mode, for fchown clears mode bits; neither before the bytes are all there.
    if geteuid() == 0 {
      let parent = try directory.status()
      guard fchown(descriptor, parent.st_uid, parent.st_gid) == 0 else { throw SystemError("give \(path) its owner") }
    }
    guard fchmod(descriptor, mode) == 0 else { throw SystemError("give \(path) its mode") }
    guard fsync(descriptor) == 0 else { throw SystemError("synchronize \(path)") }
  }

  private static func writeAll(_ bytes: Span<UInt8>, to descriptor: CInt, _ path: String) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let rest = bytes.extracting(written...)
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("write \(path)") }
      written += count
    }
  }

  private static func publish(
    _ temporary: String, as name: String, in directory: Directory, replacing: Bool
  ) throws(SystemError) {
    let (descriptor, path) = (directory.descriptor, "\(directory.path)/\(name)")
    if replacing {
      guard unsafe renameat(descriptor, temporary, descriptor, name) == 0 else { throw SystemError("replace \(path)") }
      return
    }
    // link(2) never replaces, unlike rename(2).
    guard unsafe linkat(descriptor, temporary, descriptor, name, 0) == 0 else { throw SystemError("create \(path)") }
    // The file is there under its name; a second name that stays is cleared away with other abandoned files.
    _ = unsafe unlinkat(descriptor, temporary, 0)
  }
}
