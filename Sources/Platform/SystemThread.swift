import CPlatform
import Glibc

/// A thread of its own (pthreads(7)), for what blocks or must stay on one thread.
public enum SystemThread {
  /// Runs `body` on a new thread, and returns at once. The thread ends with `body`.
  ///
  /// - Parameters:
  ///   - name: what ps and gdb show, at most 15 bytes.
  ///   - body: what the thread does.
  /// - Throws: ``SystemError`` if the system has no thread left.
  public static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let start = ThreadStart(name: name, body: body)
    // The new thread takes the reference over; if there is none, it is given back here.
    let reference = unsafe Unmanaged.passRetained(start)
    var thread = pthread_t()
    let code = unsafe pthread_create(&thread, nil, runThread, reference.toOpaque())
    guard code == 0 else {
      unsafe reference.release()
      throw SystemError("start thread \(name)", code: code)
    }
    pthread_detach(thread)
  }

  /// Keeps the calling thread, which must be one of its own, from going on for `time`.
  public static func pause(_ time: Duration) {
    var left = timespec()
    left.tv_sec = Int(time.components.seconds)
    left.tv_nsec = Int(time.components.attoseconds / 1_000_000_000)
    var wanted = left
    while unsafe nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
  }
}

/// What a new thread is told.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  unsafe gw_name_this_thread(String(start.name.utf8.prefix(15)) ?? "")
  start.body()
  return nil
}
