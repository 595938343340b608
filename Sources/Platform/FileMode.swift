import Glibc

/// Permissions of files.
public enum FileMode {
  /// Gives `path` the permissions `mode`.
  ///
  /// - Throws: ``SystemError``.
  public static func set(_ mode: UInt32, of path: String) throws(SystemError) {
    guard unsafe chmod(path, mode) == 0 else { throw SystemError("give \(path) its mode") }
  }

  /// Whether `path` may be replaced as a whole: nothing is there, or a regular file, and not a link, a device or a pipe.
  public static func isReplaceable(_ path: String) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return errno == ENOENT }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// Makes the directory `path` with `mode`, and those above it, where they are missing.
  ///
  /// - Throws: ``SystemError``.
  public static func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
    if unsafe mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw SystemError("make \(path)")
    }
    try makeDirectory(String(path[..<slash]), mode: mode)
    guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw SystemError("make \(path)") }
  }
}
