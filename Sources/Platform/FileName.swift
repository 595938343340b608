import Glibc

/// The names of files, whatever is in them.
public enum FileName {
  /// Whether there is something at `path`, links followed.
  public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Removes the file at `path`, if there is one.
  public static func remove(_ path: String) {
    // What cannot be removed is in nobody's way but its successor's, who says so.
    _ = unsafe unlink(path)
  }

  /// Gives the file at `path` another name, in the place of whatever has that. With `ifThere` a missing file is no failure.
  ///
  /// - Throws: ``SystemError``.
  public static func change(from path: String, to other: String, ifThere: Bool = false) throws(SystemError) {
    guard unsafe rename(path, other) != 0, !(ifThere && errno == ENOENT) else { return }
    throw SystemError("rename \(path) to \(other)")
  }
}
