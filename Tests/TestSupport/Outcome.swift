import Foundation

/// What a program that ran to its end left behind.
public struct Outcome: Sendable {
  /// Its exit status; 128 + the signal's number if a signal ended it.
  public let status: Int32
  /// All of its standard output.
  public let outputBytes: [UInt8]
  /// All of its standard error.
  public let errorOutput: String

  /// All of its standard output.
  public var output: String { String(decoding: outputBytes, as: UTF8.self) }
}

/// Runs `program` to its end with `input` as its standard input.
///
/// Its output goes through files: all of it is there when the program has ended, which pipes do not promise.
public func run(
  _ program: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:],
  in directory: String = "."
) async throws -> Outcome {
  try await withTemporaryDirectory { files in
    try write(input, to: files + "/input")
    let script = #"cd "$1" && files=$2 && shift 2 && exec "$@" <"$files/input" >"$files/output" 2>"$files/error""#
    let shell = ["-c", script, "sh", directory, files, program] + arguments
    let status = try await withProcess("/bin/sh", shell, environment: environment) { try await $0.waitForExit() }
    let output = try Data(contentsOf: URL(fileURLWithPath: files + "/output"))
    let error = try Data(contentsOf: URL(fileURLWithPath: files + "/error"))
    return Outcome(status: status, outputBytes: Array(output), errorOutput: String(decoding: error, as: UTF8.self))
  }
}
