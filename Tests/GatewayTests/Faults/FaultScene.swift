import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// A fleet, a gateway, a proxy and a broker, for tests that break one of them while the others work.
struct FaultScene: Sendable {
  let proxy: BrokerProxy
  let daemon: Daemon
  private let directory: String

  /// gatewayd on a port that stays the same over its restarts.
  final class Daemon: Sendable {
    let port: Int
    private let command: [String]
    private let environment: [String: String]
    private let running = NIOLockedValueBox<ChildProcess?>(nil)

    fileprivate init(port: Int, _ command: [String], _ environment: [String: String]) {
      self.port = port
      self.command = command
      self.environment = environment
    }

    /// The process that runs now.
    var process: ChildProcess? { running.withLockedValue { $0 } }

    /// Starts it, and waits until devices can connect.
    func start() async throws {
      let process = try ChildProcess(command[0], Array(command.dropFirst()), environment: environment)
      running.withLockedValue { $0 = process }
      _ = try await listeningPort(of: process)
    }

    /// Runs it as long as it runs by itself.
    func attempt() async throws -> Outcome {
      try await TestSupport.run(command[0], Array(command.dropFirst()), environment: environment)
    }

    /// Ends it with a signal, and waits until it has ended.
    @discardableResult
    func end(_ signal: Int32) async throws -> Int32 {
      guard let process else { return -1 }
      process.signal(signal)
      return try await process.waitForExit()
    }

    /// Sets a limit of the process while it runs, as prlimit(1) spells it.
    func limit(_ option: String) async throws {
      let outcome = try await TestSupport.run("prlimit", ["--pid", "\(process?.id ?? 0)", option])
      #expect(outcome.status == 0, "\(outcome.errorOutput)")
    }

    fileprivate func stop() async { await process?.stop() }
  }

  /// Runs a fleet for the duration of `body`, then lifts what fault is left, waits until everything is settled, and returns
  /// what became of its messages.
  func withFleet(
    rate: Double = 20, size: Int = 100, _ body: () async throws -> Void
  ) async throws -> (audit: DeliveryAudit, summary: String) {
    let (keys, record) = (directory + "/devices.d/fleet.psk", directory + "/acknowledged")
    let options = ["--rate", "\(rate)", "--record", record, "--settle", "60", "--size", "\(size)"]
    return try await withProcess(try builtProduct("fleet"), ["127.0.0.1", "\(daemon.port)", keys] + options) { fleet in
      let start = proxy.record.acknowledged.count
      try await eventually("messages at the broker, but: \(daemon.process?.errorOutput ?? "")") {
        proxy.record.acknowledged.count >= start + 20
      }
      try await body()
      proxy.set(.fair)
      fleet.signal(SIGTERM)
      try await eventually("the fleet's end", within: .seconds(120)) { fleet.exitStatus != nil }
      #expect(fleet.exitStatus == 0, "\(fleet.output) \(fleet.errorOutput)")
      let acknowledged = try DeliveryAudit.names(in: record)
      // What is on disk follows; if it never does, the audit says what is missing.
      try? await eventually("everything at the broker", within: .seconds(90)) {
        proxy.record.acknowledged.isSuperset(of: acknowledged)
      }
      return (DeliveryAudit(acknowledged: acknowledged, proxy.record), fleet.output)
    }
  }

  /// The messages that the broker has acknowledged by now and `more`.
  func settle(_ more: Int = 20) async throws {
    let start = proxy.record.acknowledged.count
    try await eventually("\(more) more messages at the broker", within: .seconds(120)) {
      proxy.record.acknowledged.count >= start + more
    }
  }

  /// Waits until so many messages are on disk.
  func spooled(atLeast count: Int = 20) async throws {
    try await eventually("\(count) messages on disk", within: .seconds(120)) { try await spool().messages >= count }
  }

  /// What the gateway says of its spool.
  func spool() async throws -> (messages: Int, isFailing: Bool) {
    let status = try await status()
    let messages = status.firstMatch(of: /"spool"[^}]*"messages" ?: ?(\d+)/).flatMap { Int($0.1) }
    return (messages ?? 0, status.contains(/"failing" ?: ?true/))
  }

  /// How many devices are connected.
  func online() async throws -> Int {
    try await status().firstMatch(of: /"online" ?: ?(\d+)/).flatMap { Int($0.1) } ?? 0
  }

  /// What gwctl says of the gateway, as JSON.
  func status() async throws -> String {
    let socket = directory + "/state/control.sock"
    return try await run(try builtProduct("gwctl"), ["status", "--json", "--control", socket]).output
  }

  /// Runs a scene for the duration of `body`.
  static func play<Result>(
    devices: Int = 20, configuration: String = "", broker: Mosquitto? = nil, record: DeliveryRecord = DeliveryRecord(),
    others: [Int] = [], environment: [String: String] = [:],
    launcher: [String] = [],
    state prepare: @escaping (_ path: String, _ body: () async throws -> Result) async throws -> Result = {
      try await $1()
    },
    _ body: (FaultScene, Mosquitto) async throws -> Result
  ) async throws -> Result {
    guard let broker else {
      return try await withMosquitto { broker in
        try await play(
          devices: devices, configuration: configuration, broker: broker, record: record, others: others,
          environment: environment, launcher: launcher, state: prepare, body)
      }
    }
    return try await withTemporaryDirectory { directory in
      try makeDirectories(directory, devices, configuration)
      return try await prepare(directory + "/state") {
        try await withBrokerProxy(toPort: broker.port, record: record) { proxy in
          let port = try freePort()
          let command =
            launcher + [
              try builtProduct("gatewayd"), "--config", directory + "/gateway.yaml", "--listen", "127.0.0.1:\(port)",
              "--devices", directory + "/devices.d", "--state", directory + "/state", "--node", "node", "--broker",
              "mqtt://127.0.0.1:\(proxy.port)",
            ] + others.flatMap { ["--broker", "mqtt://127.0.0.1:\($0)"] }
          let scene = FaultScene(
            proxy: proxy, daemon: Daemon(port: port, command, environment), directory: directory)
          do {
            try await scene.daemon.start()
            let result = try await body(scene, broker)
            await scene.daemon.stop()
            return result
          } catch {
            await scene.daemon.stop()
            throw error
          }
        }
      }
    }
  }

  private static func makeDirectories(_ directory: String, _ devices: Int, _ configuration: String) throws {
    for name in ["devices.d", "state"] {
      try FileManager.default.createDirectory(
        atPath: "\(directory)/\(name)", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }
    let quick = "bridge:\n  backoff_minimum: 20ms\n  backoff_maximum: 200ms\n"
    try write(quick + configuration, to: directory + "/gateway.yaml")
    let lines = (0..<devices).map { number -> String in "dev-\(number):\(key(number))\n" }
    try write(lines.joined(), to: directory + "/devices.d/fleet.psk")
  }
}
