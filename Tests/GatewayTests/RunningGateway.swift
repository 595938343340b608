import Foundation
import TestSupport

/// The real gatewayd as a process of its own, with a private broker and its own devices.
struct RunningGateway: Sendable {
  /// Where devices connect.
  let port: Int
  /// Where the broker listens for plain MQTT.
  let brokerPort: Int
  let devices: String
  let state: String
  let process: ChildProcess
  /// What started it.
  var command: [String] = []

  var address: String { "127.0.0.1:\(port)" }

  /// Has gatewayd read devices.d again, and waits until it has.
  func reload() async throws {
    let before = loads
    process.signal(SIGHUP)
    try await eventually("the reload") { loads > before }
  }

  /// Kills it, and runs it again as it was for the duration of `body`.
  func restarted<Result>(_ body: (RunningGateway) async throws -> Result) async throws -> Result {
    process.signal(SIGKILL)
    try await process.waitForExit()
    return try await Self.run(command, brokerPort: brokerPort, devices: devices, state: state, body)
  }

  fileprivate static func run<Result>(
    _ command: [String], brokerPort: Int, devices: String, state: String, environment: [String: String] = [:],
    _ body: (RunningGateway) async throws -> Result
  ) async throws -> Result {
    try await withProcess(command[0], Array(command.dropFirst()), environment: environment) { process in
      let port = try await listeningPort(of: process)
      try await eventually("the broker") { process.errorOutput.contains("connected to the broker") }
      return try await body(
        RunningGateway(
          port: port, brokerPort: brokerPort, devices: devices, state: state, process: process, command: command))
    }
  }

  private var loads: Int { process.errorOutput.components(separatedBy: "devices loaded").count }
}

/// A key as devices.d writes it: 16 bytes, another for each number.
func key(_ number: Int = 0) -> String {
  hex(
    (0..<16).map { (place: Int) -> UInt8 in
      let value = place * place * 7 + place * 53 + number * 11 + 5
      return UInt8(value % 251)
    })
}

/// Writes `NAME.yaml` with `lines` after its key.
func addDevice(_ name: String, key: String = key(), _ lines: String = "", in devices: String) throws {
  try write("key: \"\(key)\"\n\(lines)\n", to: "\(devices)/\(name).yaml")
}

/// How many gateways run at a time.
private let turnstile = Turnstile(places: 12)

/// Runs gatewayd for the duration of `body`, with a devices.d of its own or with one that is `ready`; `launcher` says what
/// comes before its own command line.
func withGateway<Result>(
  devices addDevices: (String) throws -> Void = { try addDevice("demo", in: $0) }, broker: Mosquitto? = nil,
  configuration: String = "", directory ready: String? = nil, environment: [String: String] = [:],
  launcher: (_ devices: String) -> [String] = { _ in [] },
  _ body: (RunningGateway) async throws -> Result
) async throws -> Result {
  try await turnstile.pass {
    try await runGateway(
      devices: addDevices, broker: broker, configuration: configuration, directory: ready, environment: environment,
      launcher: launcher, body)
  }
}

private func runGateway<Result>(
  devices addDevices: (String) throws -> Void, broker: Mosquitto?, configuration: String, directory ready: String?,
  environment: [String: String], launcher: (_ devices: String) -> [String],
  _ body: (RunningGateway) async throws -> Result
) async throws -> Result {
  guard let broker else {
    return try await withMosquitto { broker in
      try await runGateway(
        devices: addDevices, broker: broker, configuration: configuration, directory: ready, environment: environment,
        launcher: launcher, body)
    }
  }
  return try await withTemporaryDirectory { directory in
    let devices = ready ?? directory + "/devices.d"
    if ready == nil {
      try FileManager.default.createDirectory(
        atPath: devices, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try addDevices(devices)
    }
    try write(configuration, to: directory + "/gateway.yaml")
    let arguments = [
      "--config", directory + "/gateway.yaml", "--listen", "127.0.0.1:0", "--devices", devices, "--state",
      directory + "/state", "--node", "node", "--broker", "mqtt://127.0.0.1:\(broker.port)", "--log-level", "debug",
    ]
    return try await RunningGateway.run(
      launcher(devices) + [try builtProduct("gatewayd")] + arguments, brokerPort: broker.port, devices: devices,
      state: directory + "/state", environment: environment, body)
  }
}

/// The port that gatewayd says it listens on.
func listeningPort(of process: ChildProcess) async throws -> Int {
  let pattern = /listening address=\S+ port=(\d+)/
  try await eventually("listening, but: \(process.errorOutput)") {
    process.errorOutput.firstMatch(of: pattern) != nil || process.exitStatus != nil
  }
  guard let port = process.errorOutput.firstMatch(of: pattern).flatMap({ Int($0.1) }) else {
    throw NeverHappened(description: "gatewayd ended: \(process.errorOutput)")
  }
  return port
}
