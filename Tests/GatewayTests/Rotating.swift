import Foundation
import TestSupport
import Testing

/// What `gwctl rotate-key` gave a device.
struct NewKey: Sendable {
  let identity: String
  let key: String
}

/// Runs gwctl for a gateway.
func gwctl(_ gateway: RunningGateway, _ arguments: String...) async throws -> Outcome {
  let options = ["--devices", gateway.devices, "--control", gateway.state + "/control.sock"]
  return try await run(try builtProduct("gwctl"), arguments + options)
}

/// Gives a device another key; the gateway knows it afterwards.
func rotate(_ id: String, at gateway: RunningGateway, _ options: String...) async throws -> NewKey {
  let arguments = ["rotate-key", id, "--json", "--devices", gateway.devices] + options
  let outcome = try await run(
    try builtProduct("gwctl"), arguments + ["--control", gateway.state + "/control.sock"])
  let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.outputBytes)) as? [String: Any])
  return NewKey(identity: try #require(json["identity"] as? String), key: try #require(json["key"] as? String))
}

/// What `gwctl rotation status` says.
func statuses(at gateway: RunningGateway) async throws -> [[String: Any]] {
  let outcome = try await gwctl(gateway, "rotation", "status", "--json")
  return try #require(try JSONSerialization.jsonObject(with: Data(outcome.outputBytes)) as? [[String: Any]])
}

/// Waits until a device's file has the new key alone.
func finishedFile(of id: String, _ new: NewKey, at gateway: RunningGateway) async throws {
  try await eventually("\(id).yaml with the new key alone") {
    let text = try String(contentsOfFile: "\(gateway.devices)/\(id).yaml", encoding: .utf8)
    return !text.contains("next:") && text.contains(new.key)
  }
}

/// The bytes that hex digits spell.
func hexBytes(_ text: String) throws -> [UInt8] {
  let digits = Array(text)
  return try stride(from: 0, to: digits.count, by: 2).map { index in
    try #require(UInt8(String(digits[index...(index + 1)]), radix: 16))
  }
}
