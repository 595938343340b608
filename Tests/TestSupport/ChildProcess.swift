import Foundation
import Synchronization

/// A real program as a process of its own: a broker, a client, the daemon.
public final class ChildProcess: Sendable {
  /// What it has written so far, standard output and standard error apart.
  private let written = Mutex((output: Data(), error: Data()))
  private let exit = Mutex<Int32?>(nil)
  private let process: Process
  private let input = Pipe()

  /// Its process id.
  public var id: Int32 { process.processIdentifier }

  /// Starts `program` (a path, or a name looked up in PATH and the sbin directories).
  public init(_ program: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
    let process = Process()
    self.process = process
    process.executableURL = URL(fileURLWithPath: try Self.find(program))
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    let error = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    output.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil } else { self?.written.withLock { $0.output += data } }
    }
    error.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil } else { self?.written.withLock { $0.error += data } }
    }
    process.terminationHandler = { [weak self] process in
      let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
      self?.exit.withLock { $0 = status }
    }
    try withSignalsUnblocked { try process.run() }
  }

  /// Standard output so far, as bytes.
  public var outputBytes: [UInt8] { written.withLock { Array($0.output) } }
  /// Standard output so far.
  public var output: String { String(decoding: outputBytes, as: UTF8.self) }
  /// Standard error so far.
  public var errorOutput: String { String(decoding: written.withLock { Array($0.error) }, as: UTF8.self) }
  /// The exit status once it has ended; 128 + the signal's number if a signal ended it.
  public var exitStatus: Int32? { exit.withLock { $0 } }

  /// Writes to its standard input.
  public func write(_ bytes: [UInt8]) throws { try input.fileHandleForWriting.write(contentsOf: Data(bytes)) }
  /// Writes to its standard input.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }
  /// Ends its standard input.
  public func closeInput() throws { try input.fileHandleForWriting.close() }

  /// Sends a signal to it, if it still runs.
  public func signal(_ number: Int32) {
    if exitStatus == nil { kill(id, number) }
  }

  /// Waits until its standard output or standard error contains `text`.
  public func waitForOutput(_ text: String) async throws {
    try await eventually("'\(text)' in the output of \(process.executableURL?.lastPathComponent ?? "")") {
      output.contains(text) || errorOutput.contains(text)
    }
  }

  /// Waits until it has ended, and returns the exit status.
  @discardableResult public func waitForExit() async throws -> Int32 {
    try await eventually("the end of \(process.executableURL?.lastPathComponent ?? "")") { exitStatus != nil }
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
    let directories = path.split(separator: ":")
    for directory in directories where FileManager.default.isExecutableFile(atPath: "\(directory)/\(program)") {
      return "\(directory)/\(program)"
    }
    throw NeverHappened(description: "\(program) is not installed: run tools/setup")
  }
}

/// Dispatch's threads block most signals, and a child inherits that: SIGTERM would not reach it.
private func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
  var none = sigset_t()
  var before = sigset_t()
  unsafe sigemptyset(&none)
  unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
  try body()
}

/// Runs `program` for the duration of `body` and ends it afterwards.
public func withProcess<Result>(
  _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
  _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
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
