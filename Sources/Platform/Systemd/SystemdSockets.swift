import Glibc

/// The listening sockets that systemd has opened for this process (sd_listen_fds(3)).
public enum SystemdSockets {
  /// The number of the first one, SD_LISTEN_FDS_START.
  private static let first: CInt = 3
  private static let most = 256

  /// Takes them over, in the order of the socket unit: children get neither them nor the variables that tell of them. To
  /// be called once, before other threads read the environment.
  ///
  /// - Returns: their descriptors; none where there are none for this process.
  /// - Throws: ``SystemError`` for a number that is none, or a descriptor that is not open.
  public static func take() throws(SystemError) -> [CInt] {
    defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsafe unsetenv(name) } }
    guard let count = variable("LISTEN_FDS"), let process = variable("LISTEN_PID") else { return [] }
    // They may be a parent's.
    guard process == "\(getpid())" else { return [] }
    guard let number = Int(count), (0...most).contains(number) else {
      throw SystemError("LISTEN_FDS=\(count), allowed is 0 to \(most)", code: EINVAL)
    }
    let descriptors = (0..<CInt(number)).map { first + $0 }
    for descriptor in descriptors where fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0 {
      throw SystemError("LISTEN_FDS=\(count), but descriptor \(descriptor)")
    }
    return descriptors
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
