import Bridge
import Logging
import Model
import NIOConcurrencyHelpers
import Storage
import TestSupport

/// What happened to a bridge, in order.
final class EventRecord: Sendable {
  private let record = NIOLockedValueBox<[BridgeEvent]>([])

  func append(_ event: BridgeEvent) { record.withLockedValue { $0.append(event) } }

  var all: [BridgeEvent] { record.withLockedValue { $0 } }
  var disconnections: [String] {
    all.compactMap { if case .disconnected(_, let reason, _) = $0 { reason } else { nil } }
  }
  var brokers: [String] {
    all.compactMap { if case .connected(let broker, _) = $0 { "\(broker)" } else { nil } }
  }
  var congestions: [Bool] {
    all.compactMap {
      switch $0 {
      case .congested: true
      case .relieved: false
      default: nil
      }
    }
  }
  var rejections: [UInt8] {
    all.compactMap { if case .rejected(_, let code) = $0 { code } else { nil } }
  }
}

extension BridgeSettings {
  /// Settings that come back fast, for brokers on these ports of this machine.
  static func make(
    ports: Int..., security: BrokerSecurity = .plain, _ change: (inout BridgeSettings) -> Void = { _ in }
  ) -> BridgeSettings {
    let brokers = ports.map { BrokerAddress(host: "127.0.0.1", port: $0, security: security) }
    var settings = BridgeSettings(brokers: brokers, clientID: "gateway-test")
    settings.reconnect = BackoffSettings(minimum: .milliseconds(20), maximum: .milliseconds(200))
    settings.drainTime = .milliseconds(500)
    change(&settings)
    return settings
  }
}

/// A bridge that runs, and what it has said.
struct RunningBridge: Sendable {
  let bridge: Bridge
  let events: EventRecord

  /// Waits until every connection is up.
  func waitForConnections(_ count: Int = 2) async throws {
    try await eventually("\(count) connections: \(events.disconnections)") {
      bridge.statistics.connectedLanes == count
    }
  }
}

/// Runs a bridge for the duration of `body`, and then until it has ended.
@discardableResult
func withBridge<Result: Sendable>(
  _ settings: BridgeSettings, spool: Spool? = nil, _ body: (RunningBridge) async throws -> Result
) async throws -> Result {
  let events = EventRecord()
  var logger = Logger(label: "test")
  logger.logLevel = .critical
  let bridge = try Bridge(settings: settings, spool: spool, logger: logger) { events.append($0) }
  async let running: Void = bridge.run()
  let result = try await body(RunningBridge(bridge: bridge, events: events))
  bridge.stop()
  try await running
  return result
}

extension Submission {
  /// A message of `device` under its topic.
  static func make(
    _ payload: String = "x", device: String = "dev", qos: QualityOfService = .atLeastOnce, receipt: Receipt? = nil
  ) throws -> Submission {
    try make(Array(payload.utf8), device: device, qos: qos, receipt: receipt)
  }

  static func make(
    _ payload: [UInt8], device: String = "dev", qos: QualityOfService = .atLeastOnce, receipt: Receipt? = nil
  ) throws -> Submission {
    let message = Message(topic: try Topic("devices/\(device)/up"), payload: payload, qos: qos)
    return Submission(message: message, lane: LaneKey(try DeviceID(device)), receipt: receipt)
  }
}

/// What a subscriber has received: topic and payload in hex.
func received(_ subscriber: ChildProcess) -> [(topic: String, payload: String)] {
  subscriber.output.split(separator: "\n").compactMap { line in
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[0].contains("/") else { return nil }
    return (String(words[0]), String(words[1]))
  }
}

/// Text as the subscriber prints it.
func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
