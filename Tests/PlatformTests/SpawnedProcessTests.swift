import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@Suite struct SpawnedProcessTests {
  /// Runs `script` in a shell, and returns how it ended and what it wrote.
  private func shell(_ script: String) throws -> (end: SpawnedProcess.End, lines: [String]) {
    let pipe = try Pipe()
    let process = try pipe.withWritingEnd { end throws(SystemError) in
      try SpawnedProcess("/bin/sh", ["-c", script], files: .init(output: end, error: end))
    }
    var lines: [String] = []
    pipe.forEachLine { lines.append($0) }
    return (process.wait(), lines)
  }

  @Test(arguments: [
    ("exit 0", SpawnedProcess.End.exited(0)), ("exit 7", .exited(7)), ("exit 255", .exited(255)),
    ("kill -TERM $$", .signalled(15)), ("kill -KILL $$", .signalled(9)),
  ])
  func `its end is told apart`(script: String, expected: SpawnedProcess.End) throws {
    #expect(try shell(script).end == expected)
  }

  @Test func `output and errors arrive as lines, the last one also without its end`() throws {
    #expect(try shell("echo one; echo two >&2; printf 'th\\nree'").lines == ["one", "two", "th", "ree"])
  }

  @Test func `a line without end is handed on in pieces`() throws {
    let lines = try shell("head -c 200000 /dev/zero | tr '\\0' x; echo; echo end").lines
    #expect(lines.last == "end")
    #expect(lines.dropLast().joined().utf8.count == 200_000)
    #expect(lines.count > 2)
  }

  @Test func `it inherits no file of ours`() throws {
    // Without close-on-exec, as some libraries open theirs.
    let leaky = unsafe open("/dev/null", O_RDONLY)
    defer { close(leaky) }
    // What ls itself opens has the next free number.
    #expect(try shell("ls /proc/self/fd").lines == ["0", "1", "2", "3"])
  }

  @Test func `it inherits no blocked and no ignored signal`() throws {
    var blocked = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&blocked)
    unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let lines = try shell("grep -E 'SigBlk|SigIgn' /proc/self/status").lines
    // The two signals that glibc keeps to itself can't be reset.
    let masks = lines.compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
    #expect(masks.count == 2)
    #expect(masks.allSatisfy { $0 & 0x7fff_ffff == 0 }, "\(lines)")
  }

  @Test func `a signal reaches it, and nobody else after its end`() throws {
    let pipe = try Pipe()
    let process = try pipe.withWritingEnd { end throws(SystemError) in
      try SpawnedProcess("/bin/sleep", ["100"], files: .init(output: end, error: end))
    }
    process.signal(SIGTERM)
    #expect(process.wait() == .signalled(SIGTERM))
    process.signal(SIGTERM)
  }

  @Test func `a program that is not there is an error that names it`() throws {
    let error = #expect(throws: SystemError.self) {
      _ = try SpawnedProcess("/nowhere/program", [], files: .init(output: 1, error: 2))
    }
    #expect(error?.description == "start /nowhere/program: No such file or directory")
  }
}
