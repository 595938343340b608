import Foundation
import SecureServer
import TestSupport
import Testing

/// Scenarios C7 and C3, with a server in a process of its own.
@Suite struct OpenFileLimitTests {
  private static let key = "sixteen bytes ok"

  @Test func `C7: out of files, it says so now and then, goes on serving, and accepts again by itself`() async throws {
    let port = try freePort()
    try await withServerProcess(port, files: 40) { server in
      try await withClient(port) { live in
        try await expectEcho(live, "one")
        var others: [RawClient] = []
        for _ in 0..<60 { others.append(try await RawClient.connect(host: "127.0.0.1", port: port)) }
        try await server.waitForOutput("acceptFailed")
        let before = try processorTime(of: server.id)
        try await eventually("three reports") { server.failures.count >= 3 }
        let spent = try processorTime(of: server.id) - before
        // A second apart, each: the server doesn't spin meanwhile either.
        let times = server.failures
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 990 }, "\(times)")
        #expect(spent < .seconds(1), "\(spent)")
        #expect(server.output.contains("Too many open files"))
        try await expectEcho(live, "two")
        for other in others { try await other.close() }
        try await withClient(port) { try await expectEcho($0, "three") }
        try await expectEcho(live, "four")
      }
    }
  }

  @Test func `C3: after a crash with live connections it listens on the same port at once`() async throws {
    let port = try freePort()
    try await withServerProcess(port, files: 100) { crashing in
      try await withClient(port) { live in
        try await expectEcho(live, "one")
        let others = [
          try await RawClient.connect(host: "127.0.0.1", port: port),
          try await RawClient.connect(host: "127.0.0.1", port: port),
        ]
        try await eventually("all three") { crashing.output.split(separator: "\n").count { $0 == "accepted" } == 3 }
        crashing.signal(9)
        try await crashing.waitForExit()
        try await withServerProcess(port, files: 100) { _ in
          try await withClient(port) { try await expectEcho($0, "two") }
        }
        #expect(others.count == 2)
      }
    }
  }

  private func withServerProcess(
    _ port: Int, files: Int, _ body: (ChildProcess) async throws -> Void
  ) async throws {
    let arguments = ["--nofile=\(files):\(files)", try builtProduct("listening-server"), "\(port)", "demo", Self.key]
    try await withProcess("prlimit", arguments) { server in
      try await server.waitForOutput("listening on \(port)")
      try await body(server)
    }
  }

  private func withClient(_ port: Int, _ body: (ChildProcess) async throws -> Void) async throws {
    let arguments = [
      "s_client", "-connect", "127.0.0.1:\(port)", "-psk_identity", "demo", "-psk", hex(Array(Self.key.utf8)), "-quiet",
    ]
    try await withProcess("openssl", arguments, body)
  }

  private func expectEcho(_ client: ChildProcess, _ text: String) async throws {
    try client.write(text + "\n")
    try await client.waitForOutput(text + "\n")
  }

  /// What the process has used of the processor (utime and stime in proc(5), in hundredths of a second).
  private func processorTime(of id: Int32) throws -> Duration {
    let fields = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8).split(separator: " ")
    return .milliseconds(10 * ((Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0)))
  }
}

extension ChildProcess {
  /// When it said that it could not accept, in milliseconds since it began.
  fileprivate var failures: [Int] {
    output.split(separator: "\n").filter { $0.hasPrefix("acceptFailed ") }
      .compactMap { Int($0.split(separator: " ")[1]) }
  }
}
