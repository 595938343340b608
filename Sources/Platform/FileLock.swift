import CPlatform
import Glibc

/// An exclusive lock on a file or directory (flock(2)), given back when this value goes or the process ends, however it ends.
public final class FileLock: Sendable {
  private let descriptor: CInt

  /// Takes the lock on `path`, which is made with mode 0600 where it is missing.
  ///
  /// - Parameters:
  ///   - path: the file, which is kept for ever: to remove it would let two hold the lock.
  ///   - wait: whether to wait for another holder; without, a held lock is an error with code EWOULDBLOCK.
  /// - Throws: ``SystemError``.
  public init(path: String, wait: Bool) throws(SystemError) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError("open \(path)") }
    while flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EINTR else {
        close(descriptor)
        throw SystemError("lock \(path)", code: code)
      }
    }
  }

  /// Takes the lock on `directory` itself, so that no file stays behind; waits for another holder.
  ///
  /// - Throws: ``SystemError``.
  public init(on directory: Directory) throws(SystemError) {
    // A descriptor of its own, for a lock belongs to what was opened.
    descriptor = unsafe openat(directory.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open \(directory.path)") }
    while flock(descriptor, LOCK_EX) != 0 {
      let code = errno
      guard code == EINTR else {
        close(descriptor)
        throw SystemError("lock \(directory.path)", code: code)
      }
    }
  }

  deinit { close(descriptor) }
}
