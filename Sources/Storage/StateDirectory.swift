import FoundationEssentials
import Glibc
import Platform

/// The directory of what must survive a restart. One process uses it at a time.
public final class StateDirectory: Sendable {
  /// Where it is.
  public let path: String
  /// Given back when this value goes, or the process ends, however it ends.
  private let lock: FileLock

  private init(path: String, lock: FileLock) {
    self.path = path
    self.lock = lock
  }

  /// Opens the directory, and makes it with mode 0700 where it is missing.
  ///
  /// - Throws: ``StorageError/inUse(path:holder:)``, which says who holds it; ``StorageError/system(_:)``.
  public static func open(path: String) throws(StorageError) -> StateDirectory {
    do {
      try FileMode.makeDirectory(path, mode: 0o700)
      let lock = try FileLock(path: path + "/lock", wait: false)
      let holder = "pid \(getpid()), since \(Date.now.formatted(.iso8601))"
      // Written in place, for the lock is on this very file.
      try AppendFile.truncate(path + "/lock")
      try AppendFile(path: path + "/lock").append(holder + "\n")
      return StateDirectory(path: path, lock: lock)
    } catch  where error.code == EWOULDBLOCK {
      throw .inUse(path: path, holder: holder(of: path))
    } catch {
      throw .system(error)
    }
  }

  private static func holder(of path: String) -> String {
    // Who it is may not be written yet; that it is in use is what matters.
    guard let text = try? String(contentsOfFile: path + "/lock", encoding: .utf8), !text.isEmpty else {
      return "another gatewayd"
    }
    return "gatewayd with " + text.split(separator: "\n", maxSplits: 1).joined()
  }
}
