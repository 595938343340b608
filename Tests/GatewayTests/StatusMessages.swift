import Foundation
import TestSupport

/// What is retained and published under a status topic, as it comes.
struct StatusMessages {
  let subscriber: ChildProcess

  var all: [[String: Any]] {
    subscriber.output.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  /// Waits until the newest message is as wanted.
  func next(_ isWanted: ([String: Any]) -> Bool) async throws -> [String: Any] {
    try await eventually("a status, but: \(subscriber.output)") { all.last.map(isWanted) == true }
    return all.last ?? [:]
  }
}

func withStatus(of gateway: RunningGateway, _ body: (StatusMessages) async throws -> Void) async throws {
  try await withStatus("devices/demo/status", port: gateway.brokerPort, body)
}

func withStatus(_ topic: String, port: Int, _ body: (StatusMessages) async throws -> Void) async throws {
  let arguments = ["-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", "\(port)", "-t", topic, "-q", "1"]
  try await withProcess("stdbuf", arguments) { try await body(StatusMessages(subscriber: $0)) }
}
