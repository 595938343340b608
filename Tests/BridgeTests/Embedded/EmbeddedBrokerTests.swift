import Bridge
import Foundation
import Logging
import TestSupport
import Testing

/// Debian's mosquitto as a child process.
@Suite struct EmbeddedBrokerTests {
  private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test func `it takes messages and keeps retained ones over a restart`() async throws {
    try await withTemporaryDirectory { directory in
      let port = try await withBroker(directory, port: 0) { broker in
        let arguments = ["-p", "\(broker.port)", "-t", "kept", "-r", "-q", "1", "-m", "still here"]
        let published = try await run("mosquitto_pub", arguments)
        #expect(published.status == 0)
        return broker.port
      }
      try await withBroker(directory, port: port) { broker in
        let kept = try await run("mosquitto_sub", ["-p", "\(broker.port)", "-t", "kept", "-C", "1", "-W", "10"])
        #expect(kept.output == "still here\n")
      }
    }
  }

  @Test func `it is started again when it ends by itself`() async throws {
    try await withTemporaryDirectory { directory in
      try await withBroker(directory, port: 0) { broker in
        let first = try await processID(of: directory)
        kill(first, SIGKILL)
        try await eventually("another mosquitto") {
          guard let second = try? await processID(of: directory) else { return false }
          return second != first
        }
        try await eventually("service") {
          try await run("mosquitto_pub", ["-p", "\(broker.port)", "-t", "a", "-n"]).status == 0
        }
      }
    }
  }

  @Test func `it ends with its owner`() async throws {
    try await withTemporaryDirectory { directory in
      let id = try await withBroker(directory, port: 0) { _ in try await processID(of: directory) }
      #expect(kill(id, 0) != 0)
    }
  }

  @Test func `a port that was asked for and is taken is an error`() async throws {
    try await withMosquitto { other in
      try await withTemporaryDirectory { directory in
        let error = #expect(throws: BridgeError.self) {
          try EmbeddedBroker(directory: directory, port: other.port, logger: Self.quiet)
        }
        #expect(error?.description.contains("port \(other.port) of 127.0.0.1") == true)
      }
    }
  }

  @Test func `without mosquitto the error says what to install`() async throws {
    try await withTemporaryDirectory { directory in
      let error = #expect(throws: BridgeError.self) {
        try EmbeddedBroker(directory: directory, port: 0, logger: Self.quiet, searching: [directory])
      }
      #expect(error?.description.contains("apt install mosquitto") == true)
    }
  }

  private func withBroker<Result: Sendable>(
    _ directory: String, port: Int, _ body: @escaping @Sendable (EmbeddedBroker) async throws -> Result
  ) async throws -> Result {
    let broker = try EmbeddedBroker(directory: directory, port: port, logger: Self.quiet)
    try await broker.start()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await broker.run() }
      defer { group.cancelAll() }
      return try await body(broker)
    }
  }
}

/// The mosquitto whose configuration lies in `directory`.
private func processID(of directory: String) async throws -> pid_t {
  let found = try await run("pgrep", ["-x", "mosquitto", "-a"])
  let line = found.output.split(separator: "\n").first { $0.contains(directory) }
  guard let id = line?.split(separator: " ").first.flatMap({ pid_t($0) }) else {
    throw NeverHappened(description: "no mosquitto for \(directory): \(found.output)")
  }
  return id
}
