public import CPlatform
import Glibc
import Synchronization

/// A program that was started as a child of this process (posix_spawn(3)), with what it writes in one pipe.
///
/// It inherits no file but standard input (/dev/null), output and error, and no blocked or ignored signal.
public final class SpawnedProcess: Sendable {
  /// How a process ended.
  public enum End: Sendable, Equatable, CustomStringConvertible {
    /// By itself, with this status.
    case exited(CInt)
    /// By this signal.
    case signalled(CInt)

    /// `status 1` or `signal 9`.
    public var description: String {
      switch self {
      case .exited(let status): "status \(status)"
      case .signalled(let number): "signal \(number)"
      }
    }
  }

  private let identifier: pid_t
  private let output: CInt
  /// Whether the number is still ours to send signals to.
  private let isRunning = Mutex(true)

  /// Its process id.
  public var id: pid_t { identifier }

  /// Starts `program`, a path, with `arguments`.
  ///
  /// - Throws: ``SystemError``.
  public init(_ program: String, _ arguments: [String]) throws(SystemError) {
    var ends: [CInt] = [-1, -1]
    guard unsafe gw_pipe(&ends) == 0 else { throw SystemError("open a pipe") }
    defer { close(ends[1]) }
    do {
      identifier = try Self.spawn(program, arguments, output: ends[1])
      output = ends[0]
    } catch {
      close(ends[0])
      throw error
    }
  }

  deinit { close(output) }

  /// Calls `body` with each line that it writes, until it has closed its output. Blocks; called once.
  public func forEachLine(_ body: (String) -> Void) {
    var pending: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe read(output, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      pending += buffer.prefix(count)
      while let newline = pending.firstIndex(of: 10) {
        body(String(decoding: pending[..<newline], as: UTF8.self))
        pending.removeSubrange(...newline)
      }
      // A line without end is handed on in pieces.
      if pending.count > 65_536 {
        body(String(decoding: pending, as: UTF8.self))
        pending.removeAll()
      }
    }
    if !pending.isEmpty { body(String(decoding: pending, as: UTF8.self)) }
  }

  /// Waits until it has ended. Blocks; called once.
  public func wait() -> End {
    var information = unsafe siginfo_t()
    // First without taking it away, so that its number cannot be another process's when a signal is sent.
    while unsafe waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    isRunning.withLock { $0 = false }
    var status: CInt = 0
    while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
  }

  /// Sends `number` to it, if it still runs.
  public func signal(_ number: CInt) {
    isRunning.withLock { if $0 { kill(identifier, number) } }
  }

  private static func spawn(_ program: String, _ arguments: [String], output: CInt) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
    unsafe gw_close_from(&actions, 3)

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var identifier = pid_t()
    let code = unsafe posix_spawn(&identifier, program, &actions, &attributes, &words, environ)
    guard code == 0 else { throw SystemError("start \(program)", code: code) }
    return identifier
  }
}
