import CPlatform
import Glibc
import Synchronization

/// A program that runs as a child of the thread that started it.
///
/// It begins with nothing of ours: no open file but its standard ones, no blocked or ignored signal. Whoever starts it
/// waits on ``exitDescriptor`` and then calls ``reap()``.
public final class ChildProcess: Sendable {
  /// Its process id.
  public let id: CInt
  /// Readable once it has ended (pidfd_open(2)).
  public let exitDescriptor: CInt
  /// Its standard output and standard error, in one pipe; it never blocks our side.
  public let outputDescriptor: CInt
  private let status = Mutex<ExitStatus?>(nil)

  /// How a program ended.
  public enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
    /// By itself, with this status.
    case exited(CInt)
    /// By this signal.
    case signalled(CInt)

    /// `exit status 1` or `signal 9`.
    public var description: String {
      switch self {
      case .exited(let code): "exit status \(code)"
      case .signalled(let number): "signal \(number)"
      }
    }
  }

  /// Starts the program at `path`, with standard input from /dev/null.
  ///
  /// - Throws: ``SystemError``.
  public init(path: String, arguments: [String]) throws(SystemError) {
    var pipe: (read: CInt, write: CInt) = (-1, -1)
    guard unsafe withUnsafeMutableBytes(of: &pipe, { unsafe gw_pipe($0.bindMemory(to: CInt.self).baseAddress) }) == 0
    else { throw SystemError("pipe") }
    defer { close(pipe.write) }
    do {
      id = try Self.spawn(path, arguments, output: pipe.write)
    } catch {
      close(pipe.read)
      throw error
    }
    outputDescriptor = pipe.read
    exitDescriptor = gw_pidfd_open(id)
    guard exitDescriptor >= 0 else {
      let error = SystemError("watch process \(id)")
      close(pipe.read)
      kill(id, SIGKILL)
      waitpid(id, nil, 0)
      throw error
    }
  }

  deinit {
    close(outputDescriptor)
    close(exitDescriptor)
  }

  /// Sends it a signal, unless it has been reaped: its id may be somebody else's then.
  public func signal(_ number: CInt) {
    status.withLock { status in
      if status == nil { kill(id, number) }
    }
  }

  /// What it has written since the last call: empty if nothing, `nil` at the end.
  public func readOutput() -> [UInt8]? {
    let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
      count = unsafe max(0, read(outputDescriptor, buffer.baseAddress, buffer.count))
    }
    if !chunk.isEmpty { return chunk }
    return errno == EAGAIN || errno == EINTR ? [] : nil
  }

  /// Waits for its end, and says how it ended.
  public func reap() -> ExitStatus {
    status.withLock { status in
      if let status { return status }
      var raw: CInt = 0
      while unsafe waitpid(id, &raw, 0) < 0, errno == EINTR {}
      // wait(2): the low seven bits are the signal, or 0.
      let ended = raw & 0x7f == 0 ? ExitStatus.exited(raw >> 8 & 0xff) : .signalled(raw & 0x7f)
      status = ended
      return ended
    }
  }
}
