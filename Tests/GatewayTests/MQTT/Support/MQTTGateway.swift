import Foundation
import TestSupport

/// Runs gatewayd as ``withGateway`` does, and waits until it hears what the broker has to say; it comes back soon to a broker
/// that was away.
func withMQTTGateway<Result>(
  devices: (String) throws -> Void = { try addDevice("demo", in: $0) }, broker: Mosquitto? = nil,
  configuration: String = "", _ body: (RunningGateway) async throws -> Result
) async throws -> Result {
  let quick = "bridge:\n  backoff_minimum: 20ms\n  backoff_maximum: 100ms\n"
  return try await withGateway(devices: devices, broker: broker, configuration: quick + configuration) { gateway in
    try await gateway.hearsBroker()
    return try await body(gateway)
  }
}

extension RunningGateway {
  /// Waits until it has connected for what comes from the broker, so and so often.
  func hearsBroker(connections: Int = 2) async throws {
    try await eventually("the way down") {
      process.errorOutput.components(separatedBy: "connected to the broker for what comes down").count
        > connections
    }
  }

  /// Kills it with SIGKILL and runs it again for the duration of `body`.
  func killed<Result>(_ body: (RunningGateway) async throws -> Result) async throws -> Result {
    try await restarted { again in
      try await again.hearsBroker()
      return try await body(again)
    }
  }

  /// What a plain application publishes to the broker at QoS 1.
  func tell(_ topic: String, _ payload: String, _ options: [String]) async throws {
    try await tell(topic, payload, qos: 1, options)
  }

  /// What a plain application publishes to the broker.
  func tell(_ topic: String, _ payload: String, qos: UInt8 = 1, _ options: [String] = []) async throws {
    let arguments = ["-h", "127.0.0.1", "-p", "\(brokerPort)", "-t", topic, "-m", payload, "-q", "\(qos)"] + options
    let status = try await withProcess("mosquitto_pub", arguments) { try await $0.waitForExit() }
    guard status == 0 else { throw NeverHappened(description: "\(topic) could not be published") }
  }
}

/// What a plain application hears at the broker: `%t %p` and what else `format` says, a message a line.
struct Application {
  let process: ChildProcess

  /// What has come so far, without what mosquitto_sub says of its connection.
  var lines: [Substring] {
    process.output.split(separator: "\n").filter { !$0.hasPrefix("Client ") && !$0.hasPrefix("Subscribed") }
  }

  /// Waits for the line.
  func waitFor(_ line: String) async throws {
    try await eventually("'\(line)', but: \(lines)") { lines.contains(Substring(line)) }
  }

  /// Waits until the line has come, and returns what came before it.
  func before(_ line: String) async throws -> [Substring] {
    try await waitFor(line)
    return Array(lines.prefix { $0 != line })
  }
}

/// Runs mosquitto_sub(1) at the broker for the duration of `body`.
func withApplication<Result>(
  _ gateway: RunningGateway, hears filters: [String], format: String = "%t %p", qos: UInt8 = 2,
  _ body: (Application) async throws -> Result
) async throws -> Result {
  try await withSubscriber(
    ["-h", "127.0.0.1", "-p", "\(gateway.brokerPort)", "-V", "mqttv5"], hears: filters, format: format, qos: qos, body)
}

/// Runs mosquitto_sub(1) as a device for the duration of `body`.
func withDeviceSubscriber<Result>(
  _ gateway: RunningGateway, _ name: String, key: String = key(), hears filters: [String],
  version: MQTTVersion = .v311, format: String = "%t %p", qos: UInt8 = 2, _ options: [String] = [],
  _ body: (Application) async throws -> Result
) async throws -> Result {
  let arguments = [
    "-h", "127.0.0.1", "-p", "\(gateway.port)", "--psk-identity", name, "--psk", key, "-V", version.option,
  ]
  return try await withSubscriber(arguments + options, hears: filters, format: format, qos: qos, body)
}

private func withSubscriber<Result>(
  _ arguments: [String], hears filters: [String], format: String, qos: UInt8,
  _ body: (Application) async throws -> Result
) async throws -> Result {
  let all = arguments + filters.flatMap { ["-t", $0] } + ["-F", format, "-q", "\(qos)", "-d"]
  return try await withProcess("stdbuf", ["-oL", "mosquitto_sub"] + all) { process in
    try await process.waitForOutput("Subscribed")
    return try await body(Application(process: process))
  }
}

/// A device with the broker's own topics, all of them.
func addVerbatim(_ name: String, key: String = key(), _ lines: String = "", in devices: String) throws {
  try addDevice(name, key: key, "topics: verbatim\npublish: ['#']\nsubscribe: ['#']\n\(lines)", in: devices)
}

/// Two devices with the broker's own topics: `one` and `two`.
func addVerbatimPair(in devices: String) throws {
  try addVerbatim("one", key: key(1), in: devices)
  try addVerbatim("two", key: key(2), in: devices)
}
