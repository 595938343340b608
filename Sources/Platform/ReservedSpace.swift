import Glibc

/// Disk space that is kept by a file with nothing in it, to be there when the disk is full (posix_fallocate(3)).
public enum ReservedSpace {
  /// Reserves `bytes` with a file at `path`, or finds them reserved.
  ///
  /// - Throws: ``SystemError`` where there is not so much space; then there is no such file.
  public static func take(_ bytes: Int, at path: String) throws(SystemError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError("open \(path)") }
    defer { close(descriptor) }
    let code = posix_fallocate(descriptor, 0, bytes)
    guard code != 0 else { return }
    give(path)
    throw SystemError("reserve \(bytes) bytes in \(path)", code: code)
  }

  /// Gives the space back.
  public static func give(_ path: String) {
    // Where it is not there, there is nothing to give back.
    _ = unsafe unlink(path)
  }
}
