import Foundation
import NIOConcurrencyHelpers
import Platform

/// A real program as a process of its own: a broker, a client, the daemon.
public final class ChildProcess: Sendable {
  private struct Written {
    var output = Data()
    var error = Data()
    /// How many of the two have been read to their end.
    var ended = 0
  }

  private let name: String
  private let written = NIOLockedValueBox(Written())
  private let exit = NIOLockedValueBox<Int32?>(nil)
  private let process: SpawnedProcess
  private let input: FileHandle

  /// Its process id.
  public var id: Int32 { process.id }

  /// Starts `program` (a path, or a name looked up in PATH and the sbin directories). Its standard input is what a test
  /// writes, or a file of this process.
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], inheriting file: CInt? = nil
  ) throws {
    name = program.split(separator: "/").last.map(String.init) ?? program
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
    let (input, output, error) = (try Platform.Pipe(), try Platform.Pipe(), try Platform.Pipe())
    // What is written by a test goes on to be read by the child; the child's copies are the only others.
    let writing = try input.withWritingEnd { dup($0) }
    _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
    self.input = FileHandle(fileDescriptor: writing, closeOnDealloc: true)
    let path = try Self.find(program)
    process = try output.withWritingEnd { outputEnd throws(SystemError) in
      try error.withWritingEnd { errorEnd throws(SystemError) in
        try SpawnedProcess(
          path, arguments, environment: variables,
          files: .init(input: file ?? input.readingEnd, output: outputEnd, error: errorEnd))
      }
    }
    try collect(output) { $0.output += $1 }
    try collect(error) { $0.error += $1 }
    try SystemThread.start("wait") { [self] in
      let end = process.wait()
      // Its last words first; a grandchild that keeps the pipe open is not waited for.
      for _ in 0..<200 where written.withLockedValue({ $0.ended < 2 }) { usleep(1000) }
      exit.withLockedValue {
        switch end {
        case .exited(let status): $0 = status
        case .signalled(let number): $0 = 128 + number
        }
      }
    }
  }

  private func collect(_ pipe: Platform.Pipe, _ add: @escaping @Sendable (inout Written, Data) -> Void) throws {
    try SystemThread.start("read") { [self] in
      pipe.forEachPiece { piece in written.withLockedValue { add(&$0, Data(piece)) } }
      written.withLockedValue { $0.ended += 1 }
    }
  }

  /// Standard output so far, as bytes.
  public var outputBytes: [UInt8] { written.withLockedValue { Array($0.output) } }
  /// Standard output so far.
  public var output: String { String(decoding: outputBytes, as: UTF8.self) }
  /// Standard error so far.
  public var errorOutput: String { String(decoding: written.withLockedValue { Array($0.error) }, as: UTF8.self) }
  /// The exit status once it has ended; 128 + the signal's number if a signal ended it.
  public var exitStatus: Int32? { exit.withLockedValue { $0 } }

  /// Writes to its standard input.
  public func write(_ bytes: [UInt8]) throws { try input.write(contentsOf: Data(bytes)) }
  /// Writes to its standard input.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }
  /// Ends its standard input.
  public func closeInput() throws { try input.close() }

  /// Sends a signal to it, if it still runs.
  public func signal(_ number: Int32) { process.signal(number) }

  /// Waits until its standard output or standard error contains `text`.
  public func waitForOutput(_ text: String) async throws {
    try await eventually("'\(text)' in the output of \(name)") { output.contains(text) || errorOutput.contains(text) }
  }

  /// Waits until it has ended, and returns the exit status.
  @discardableResult public func waitForExit() async throws -> Int32 {
    try await eventually("the end of \(name)") { exitStatus != nil }
    return exitStatus ?? -1
  }

  /// Ends it: SIGTERM, and SIGKILL if that does not do within five seconds.
  public func stop() async {
    signal(SIGTERM)
    do {
      try await eventually("end after SIGTERM", within: .seconds(5)) { exitStatus != nil }
    } catch {
      signal(SIGKILL)
    }
  }

  private static func find(_ program: String) throws -> String {
    if program.contains("/") { return program }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin:/usr/local/sbin"
    let files = path.split(separator: ":").map { "\($0)/\(program)" }
    guard let file = files.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw NeverHappened(description: "\(program) is not installed: run tools/setup")
    }
    return file
  }
}

/// Runs `program` for the duration of `body` and ends it afterwards.
public func withProcess<Result>(
  _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
  _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
  // A program that has gone is an error of write(2).
  _ = Foundation.signal(SIGPIPE, SIG_IGN)
  let process = try ChildProcess(program, arguments, environment: environment)
  do {
    let result = try await body(process)
    await process.stop()
    return result
  } catch {
    await process.stop()
    throw error
  }
}
