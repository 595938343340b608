import CPlatform
import Glibc
import NIOConcurrencyHelpers

/// A program that was started as a child of this process (posix_spawn(3)).
///
/// It inherits no file but its standard input, output and error, and no blocked or ignored signal.
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

  /// What a child has as its standard files; descriptors of this process, which keeps them.
  public struct Files: Sendable {
    /// Standard input; nil: /dev/null.
    public var input: CInt?
    /// Standard output.
    public var output: CInt
    /// Standard error.
    public var error: CInt

    /// Standard files.
    public init(input: CInt? = nil, output: CInt, error: CInt) {
      self.input = input
      self.output = output
      self.error = error
    }
  }

  /// Its process id.
  public let id: Int32
  /// Whether the number is still ours to send signals to.
  private let isRunning = NIOLockedValueBox(true)

  /// Starts `program`, a path, with `arguments`.
  ///
  /// - Parameters:
  ///   - program: the path of the program.
  ///   - arguments: its arguments, without its own name.
  ///   - environment: its variables, `NAME=value` each; nil: those of this process.
  ///   - files: its standard files.
  /// - Throws: ``SystemError``.
  public init(
    _ program: String, _ arguments: [String], environment: [String]? = nil, files: Files
  ) throws(SystemError) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let input = files.input {
      unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, files.output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, files.error, 2)
    unsafe gw_close_from(&actions, 3)

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe Self.resetSignals(&attributes)

    let words = CStrings([program] + arguments)
    let variables = environment.map { CStrings($0) }
    var identifier = pid_t()
    let code = unsafe posix_spawn(
      &identifier, program, &actions, &attributes, words.pointers, variables?.pointers ?? environ)
    guard code == 0 else { throw SystemError("start \(program)", code: code) }
    id = identifier
  }

  /// Waits until it has ended. Blocks; called once.
  public func wait() -> End {
    var information = unsafe siginfo_t()
    // First without taking it away, so that its number cannot be another process's when a signal is sent.
    while unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    isRunning.withLockedValue { $0 = false }
    var status: CInt = 0
    while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
  }

  /// Sends `number` to it, if it still runs.
  public func signal(_ number: CInt) {
    isRunning.withLockedValue { if $0 { kill(id, number) } }
  }

  private static func resetSignals(_ attributes: UnsafeMutablePointer<posix_spawnattr_t>) {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(attributes, &signals)
    unsafe posix_spawnattr_setflags(attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  }
}

/// A null-terminated list of C strings, as exec(3) takes them.
@safe private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    unsafe pointers = .allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { unsafe pointers[index] = unsafe strdup(string) }
    unsafe pointers[strings.count] = nil
  }

  deinit {
    for index in 0..<count { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
}
