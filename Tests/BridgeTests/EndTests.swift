import Bridge
import Glibc
import Logging
import Model
import TestSupport
import Testing

/// How a bridge ends, and what it tells the broker.
@Suite struct EndTests {
  private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test func `cancelling is as graceful as a shutdown`() async throws {
    try await withMosquitto { broker in
      let settings = BridgeSettings.make(ports: broker.port) { $0.drainTime = .seconds(60) }
      let bridge = try Bridge(settings: settings, logger: quiet)
      let running = Task { try await bridge.run() }  // awaited at the end of this test
      try await eventually("connected") { bridge.statistics.connectedLanes == 2 }
      let sink = RecordingSink()
      bridge.submit(try (0..<500).map { try .make("\($0)", receipt: sink.receipt($0)) })
      running.cancel()
      try await running.value
      #expect(sink.acknowledged == 500)
      #expect(bridge.statistics.connectedLanes == 0)
      #expect(bridge.statistics.outboxMessages == 0)
    }
  }

  @Test func `a bridge that never got through ends in time, and says what it gave up`() async throws {
    let sink = RecordingSink()
    let settings = BridgeSettings.make(ports: try freePort()) { $0.drainTime = .milliseconds(50) }
    try await withBridge(settings) { running in
      running.bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
    }
    #expect(sink.tokens.sorted() == Array(0..<100))
    #expect(sink.deliveries.allSatisfy { $0 == .dropped(.stopped) })
  }

  @Test func `a bridge with nothing to do ends at once, whatever its drain time`() async throws {
    try await withMosquitto { broker in
      let start = ContinuousClock.now
      try await withBridge(.make(ports: broker.port) { $0.drainTime = .seconds(3_600) }) { running in
        try await running.waitForConnections()
      }
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }

  @Test func `each connection takes its leave`() async throws {
    try await withMosquitto(configuration: "log_type all") { broker in
      try await withBridge(.make(ports: broker.port) { $0.connections = 3 }) { running in
        try await running.waitForConnections(3)
      }
      for lane in 0..<3 { try await broker.process.waitForOutput("Received DISCONNECT from gateway-test-\(lane)") }
    }
  }

  @Test func `only the first connection has a last will`() async throws {
    try await withMosquitto(configuration: "log_type all") { broker in
      let settings = BridgeSettings.make(ports: broker.port) {
        $0.status = try? StatusAnnouncement(topic: Topic("gateways/test/status"), online: [1], offline: [0])
      }
      try await withBridge(settings) { try await $0.waitForConnections() }
      try await eventually("one will") {
        broker.process.errorOutput.contains("Will message specified (1 bytes) (r1, q1)")
      }
      #expect(broker.process.errorOutput.split(separator: "\n").count { $0.contains("No will message specified") } == 1)
    }
  }

  /// The shortest keep-alive is 5 s, hence the time that this takes.
  @Test func `a broker that falls silent is given up for the next`() async throws {
    try await withMosquitto { first in
      try await withMosquitto { second in
        let settings = BridgeSettings.make(ports: first.port, second.port) {
          $0.keepAlive = .seconds(5)
          $0.connectTimeout = .milliseconds(500)
        }
        try await withBridge(settings) { running in
          try await running.waitForConnections()
          first.process.signal(SIGSTOP)
          defer { first.process.signal(SIGCONT) }
          let sink = RecordingSink()
          running.bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
          try await eventually("all acknowledged by the next", within: .seconds(60)) { sink.acknowledged == 100 }
          #expect(sink.tokens == Array(0..<100))
          #expect(running.events.brokers.suffix(1) == ["mqtt://127.0.0.1:\(second.port)"])
        }
      }
    }
  }
}
