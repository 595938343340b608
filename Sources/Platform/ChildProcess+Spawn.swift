import CPlatform
import Glibc

extension ChildProcess {
  /// Starts a program whose standard output and error go to `output`, and returns its id.
  static func spawn(_ path: String, _ arguments: [String], output: CInt) throws(SystemError) -> CInt {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
    // libmosquitto, for one, opens sockets without close-on-exec.
    unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    var attributes = posix_spawnattr_t()
    resetSignals(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var id: CInt = 0
    let code = unsafe withCStrings([path] + arguments) {
      unsafe posix_spawn(&id, path, &actions, &attributes, $0, environ)
    }
    guard code == 0 else { throw SystemError("start \(path)", code: code) }
    return id
  }

  /// A thread's blocked signals and a process' ignored ones are inherited: a child that SIGTERM cannot reach never ends.
  private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
    unsafe posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  }

  /// Lends `strings` as a NULL-terminated array of C strings.
  private static func withCStrings(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> CInt
  ) -> CInt {
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { for unsafepointer in unsafe pointers { unsafe free(pointer) } }
    return unsafe pointers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return ENOMEM }
      return unsafe body(base)
    }
  }
}
