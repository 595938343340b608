import Foundation
import TestSupport
import Testing

/// The program `test-server`: a server in a process of its own, which answers questions about itself.
struct ServerProcess: Sendable {
  let address: String
  let process: ChildProcess

  var port: String { String(address.split(separator: ":")[1]) }

  /// Memory of the process that is in RAM, in KiB (VmRSS of proc(5)).
  var residentMemory: Int {
    get throws {
      let status = try String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)
      guard let match = status.firstMatch(of: /VmRSS:\s+(\d+)/), let value = Int(match.1) else {
        throw NeverHappened(description: "VmRSS in \(status)")
      }
      return value
    }
  }

  /// How many connections ended how, by the name of the outcome; and what else `Tally` counts.
  func counts() async throws -> [String: Int] {
    let pairs = try await ask("counts").split(separator: " ").map { $0.split(separator: "=") }
    return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Int($0[1]) ?? 0) })
  }

  /// Has the server use other keys.
  func forgetKey() async throws { #expect(try await ask("forget") == "forgotten") }

  private func ask(_ question: String) async throws -> Substring {
    let before = lines.count
    try process.write(question + "\n")
    try await eventually("an answer to \(question)") { lines.count > before }
    return lines[before]
  }

  /// The lines that are complete.
  private var lines: [Substring] { process.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

  /// Runs `openssl s_client` from an address of its own, and waits until it has been sent back what it sent.
  func serve<Result>(
    _ exchange: [String] = ["-tls1_3"], key: [UInt8] = demoKey, _ body: () async throws -> Result = {}
  ) async throws -> Result {
    let identity = ["-psk_identity", "demo", "-psk", hex(key)]
    let arguments = ["s_client", "-quiet", "-connect", address, "-bind", "127.0.0.9"] + identity + exchange
    return try await withProcess("openssl", arguments) { client in
      try client.write("hello\n")
      try await client.waitForOutput("hello\n")
      return try await body()
    }
  }
}

/// Runs `test-server` with `key` as the key of `demo`, and `timeout` milliseconds for handshakes.
func withServerProcess<Result>(
  key: [UInt8] = demoKey, timeout: Int = 60_000, _ body: (ServerProcess) async throws -> Result
) async throws -> Result {
  let arguments = [hex(key.map { ~$0 }), "\(timeout)"]
  return try await withProcess(try builtProduct("test-server"), arguments) { process in
    try await body(ServerProcess(address: try await listeningAddress(of: process), process: process))
  }
}
