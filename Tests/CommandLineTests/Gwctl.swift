import Foundation
import TestSupport
import Testing

/// The real gwctl with a devices.d of its own and no gateway, unless a test starts one.
struct Gwctl: Sendable {
  /// A directory of its own.
  let directory: String
  /// Its devices.d.
  var devices: String { directory + "/devices.d" }
  /// Where its gateway would listen.
  var socket: String { directory + "/control.sock" }

  /// Runs gwctl with `arguments` behind the options for its own directory and socket.
  func callAsFunction(_ arguments: String..., input: String = "") async throws -> Outcome {
    try await plain(["--devices", devices, "--control", socket] + arguments, input: input)
  }

  /// Runs gwctl with `arguments` and nothing else, in its own directory.
  func plain(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) async throws -> Outcome {
    let words = ["-u", "STATE_DIRECTORY", "-u", "GATEWAY_DEVICES"] + environment.map { "\($0)=\($1)" }
    return try await run("env", words + [builtProduct("gwctl")] + arguments, input: input, in: directory)
  }

  /// Runs gwctl with `arguments` at a terminal where `answer` is typed; both of its streams come back as output.
  func atTerminal(_ arguments: String..., answer: String) async throws -> Outcome {
    let words = [try builtProduct("gwctl"), "--devices", devices, "--control", socket] + arguments
    let line = words.map { "'\($0)'" }.joined(separator: " ")
    return try await run("script", ["-qec", line, "/dev/null"], input: answer + "\n")
  }

  /// Writes a file of devices.d.
  func write(_ text: String, to name: String) throws { try TestSupport.write(text, to: "\(devices)/\(name)") }

  /// The names of the files in devices.d, but for hidden ones.
  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: devices).filter { !$0.hasPrefix(".") }.sorted() }
  }
}

/// Runs `body` with a gwctl that has an empty devices.d.
func withGwctl<Result>(_ body: (Gwctl) async throws -> Result) async throws -> Result {
  try await withTemporaryDirectory { directory in
    let gwctl = Gwctl(directory: directory)
    try FileManager.default.createDirectory(
      atPath: gwctl.devices, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    return try await body(gwctl)
  }
}

extension Outcome {
  /// Its standard output as JSON.
  var json: [String: Any] { get throws { try decoded([String: Any].self) } }
  /// Its standard output as an array of JSON.
  var jsonArray: [[String: Any]] { get throws { try decoded([[String: Any]].self) } }
  /// The lines of its standard error.
  var complaints: [Substring] { errorOutput.split(separator: "\n") }

  private func decoded<Value>(_: Value.Type) throws -> Value {
    let value = try JSONSerialization.jsonObject(with: Data(outputBytes))
    return try #require(value as? Value)
  }
}

/// Keys that differ from each other and raise no warning.
enum Keys {
  static let first = "6f2a91c4e85d0b37a14cfe0962d873b5"
  static let second = "c03e57a8d914f6b20e8b71d56c29fa43"
  static let third = "19b7e4406ad25c8ff37061ce9b85d23a"
}

extension Gwctl {
  /// A file beside devices.d.
  func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// Writes a file beside devices.d.
  func put(_ text: String, _ name: String) throws { try TestSupport.write(text, to: path(name)) }

  /// The text of a file of devices.d.
  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(devices)/\(name)", encoding: .utf8) }

  /// The permissions of a file of devices.d.
  func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: "\(devices)/\(name)")[.posixPermissions] as? Int
  }
}
