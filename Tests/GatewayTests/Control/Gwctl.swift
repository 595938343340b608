import Foundation
import TestSupport

extension RunningGateway {
  /// Its control socket.
  var socket: String { state + "/control.sock" }

  /// Runs the real gwctl on this gateway.
  func gwctl(_ arguments: String...) async throws -> Outcome {
    try await run(
      try builtProduct("gwctl"), ["--devices", devices, "--control", socket] + arguments,
      environment: ["NO_COLOR": "1"])
  }

  /// Asks on the control socket.
  func curl(_ path: String, _ options: String...) async throws -> Outcome {
    try await run("curl", ["-s", "--unix-socket", socket] + options + ["http://gateway" + path])
  }

  /// Runs `gwctl watch` for the duration of `body`, which begins when it watches.
  func watching(_ arguments: String..., body: (ChildProcess) async throws -> Void) async throws {
    let words = ["--devices", devices, "--control", socket, "watch"] + arguments
    try await withProcess(try builtProduct("gwctl"), words) { watcher in
      try await eventually("a watcher") {
        try await curl("/metrics").output.contains("\ngateway_event_watchers 1\n")
      }
      try await body(watcher)
    }
  }
}

extension Outcome {
  /// Its standard output as a JSON object.
  var json: [String: Any] {
    get throws { try JSONSerialization.jsonObject(with: Data(outputBytes)) as? [String: Any] ?? [:] }
  }
}
