import Bridge
import Foundation
import Model
import Storage
import TestSupport
import Testing

/// A bridge with a disk.
@Suite struct SpoolingTests {
  @Test func `while there is no broker messages are on disk, and reported`() async throws {
    let port = try freePort()
    let sink = RecordingSink()
    try await withSpooledBridge(.make(ports: port)) { running, spool in
      running.bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
      try await eventually("all on disk") { sink.deliveries.count { $0 == .spooled } == 100 }
      #expect(sink.tokens == Array(0..<100))
      #expect(spool.statistics.messages == 100)
      try await eventually("no load") { running.bridge.statistics.outboxMessages == 0 }
      try await withMosquitto(port: port) { _ in
        try await eventually("all acknowledged") { running.bridge.statistics.acknowledged == 100 }
        try await eventually("an empty disk") { spool.statistics.messages == 0 }
      }
    }
  }

  @Test func `the next bridge sends what an earlier one has left, before anything newer of the device`() async throws {
    let port = try freePort()
    try await withTemporaryDirectory { path in
      try await withSpooledBridge(.make(ports: port), in: path) { running, spool in
        running.bridge.submit(try (0..<50).map { try .make("\($0)") })
        try await eventually("all on disk") { spool.statistics.messages == 50 }
      }
      try await withMosquitto(port: port) { _ in
        try await withSubscriber(to: "devices/#", port: port) { subscriber in
          try await withSpooledBridge(.make(ports: port), in: path) { running, _ in
            running.bridge.submit(try (50..<60).map { try .make("\($0)") })
            try await eventually("all arrived") { received(subscriber).count == 60 }
            #expect(received(subscriber).map(\.payload) == (0..<60).map { hex("\($0)".utf8) })
          }
        }
      }
    }
  }

  @Test func `other devices need not wait for a backlog`() async throws {
    try await withMosquitto { broker in
      try await withBrokerProxy(toPort: broker.port) { proxy in
        proxy.set(.refusing)
        let settings = BridgeSettings.make(ports: proxy.port) {
          $0.connections = 1
          // So that the disk is no way round.
          $0.spool.after = .seconds(60)
        }
        try await withSpooledBridge(settings) { running, spool in
          running.bridge.submit(try (0..<2_000).map { try .make("\($0)", device: "busy") })
          try await eventually("a backlog") { spool.statistics.messages == 2_000 }
          // A window takes a fifth of a second, so the backlog 20.
          proxy.set(.slow(.milliseconds(100)))
          try await running.waitForConnections(1)
          let sink = RecordingSink()
          running.bridge.submit([try .make("x", device: "other", receipt: sink.receipt(1))])
          try await eventually("the other device's message") { sink.delivery(of: 1) == .acknowledged }
          #expect(running.bridge.statistics.acknowledged < 1_000)
          proxy.set(.fair)
          try await eventually("an empty disk") { spool.statistics.messages == 0 }
        }
      }
    }
  }

  @Test func `QoS 2 is exactly once over lost connections`() async throws {
    try await withMosquitto { broker in
      try await withSubscriber(to: "devices/#", port: broker.port, qos: 2) { subscriber in
        try await withBrokerProxy(toPort: broker.port) { proxy in
          try await withSpooledBridge(.make(ports: proxy.port)) { running, spool in
            let sink = RecordingSink()
            for round in 0..<20 {
              try await running.waitForConnections()
              let numbers = round * 50..<round * 50 + 50
              running.bridge.submit(
                try numbers.map { try .make("\($0)", qos: .exactlyOnce, receipt: sink.receipt($0)) })
              try await eventually("some settled") { sink.count >= round * 50 + Int.random(in: 1...40) }
              proxy.cut()
            }
            try await eventually("all settled") { sink.count == 1_000 && spool.statistics.messages == 0 }
            try await eventually("all arrived") { received(subscriber).count >= 1_000 }
            #expect(received(subscriber).map(\.payload) == (0..<1_000).map { hex("\($0)".utf8) })
            #expect(running.bridge.statistics.reconnects > 5)
          }
        }
      }
    }
  }

  @Test func `a session of a killed gateway is thrown away, so that packet identifiers cannot be mistaken`()
    async throws
  {
    try await withMosquitto(configuration: "log_type all") { broker in
      // As a gateway that was killed has left it: a session, and a QoS 2 message that was not released.
      let arguments = [
        "-h", "127.0.0.1", "-p", "\(broker.port)", "-i", "gateway-test-0", "-V", "5", "-c", "-x", "3600",
      ]
      try await withProcess("mosquitto_sub", arguments + ["-t", "none", "-E"]) { _ = try await $0.waitForExit() }
      try await withSubscriber(to: "devices/#", port: broker.port, qos: 2) { subscriber in
        try await withSpooledBridge(.make(ports: broker.port) { $0.connections = 1 }) { running, _ in
          try await running.waitForConnections(1)
          running.bridge.submit(try (0..<5).map { try .make("\($0)", qos: .exactlyOnce) })
          try await eventually("all arrived") { received(subscriber).count == 5 }
        }
      }
      #expect(broker.process.errorOutput.components(separatedBy: "as gateway-test-0").count > 2)
    }
  }

  @Test func `what a broker refuses is set aside once it was reported, and nothing waits behind it`() async throws {
    try await withTemporaryDirectory { directory in
      try write("topic write devices/#\n", to: directory + "/acl")
      let configuration = "acl_file \(directory)/acl\nmax_queued_messages 1000\nmessage_size_limit 1000"
      try await withMosquitto(configuration: configuration) { broker in
        try await withSpooledBridge(.make(ports: broker.port)) { running, spool in
          let sink = RecordingSink()
          try await running.waitForConnections()
          let forbidden = Message(topic: try Topic("elsewhere"), payload: [])
          running.bridge.submit([
            Submission(message: forbidden, lane: .gateway, receipt: sink.receipt(1)),
            Submission(
              message: forbidden, lane: .gateway,
              receipt: Receipt(sink: sink, connection: 1, token: 2, tellsRejection: true)),
            try .make([UInt8](repeating: 1, count: 2_000), receipt: sink.receipt(3)),
            try .make(receipt: sink.receipt(4)),
          ])
          try await eventually("all settled") { sink.count == 4 }
          #expect(sink.delivery(of: 1) == .rejected(0x87))
          #expect(sink.delivery(of: 3) == .rejected(0x95))
          #expect(sink.delivery(of: 4) == .acknowledged)
          // Not the second: its device was told, and has it.
          try await eventually("two set aside") { spool.statistics.setAside == 2 }
        }
      }
    }
  }

  @Test func `a message that makes the broker hang up is set aside, and the others arrive in order`() async throws {
    let broker = try TouchyBroker(poison: "40")
    let settings = BridgeSettings.make(ports: broker.port) {
      $0.connections = 1
      $0.reconnect = BackoffSettings(minimum: .milliseconds(1), maximum: .milliseconds(10))
    }
    try await withSpooledBridge(settings) { running, spool in
      let sink = RecordingSink()
      running.bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
      try await eventually("all settled") { sink.count == 100 }
      try await eventually("one set aside, the others sent") {
        spool.statistics.setAside == 1 && spool.statistics.messages == 0
      }
      #expect(sink.deliveries.allSatisfy { $0 == .acknowledged || $0 == .spooled || $0 == .rejected(0x80) })
      #expect(running.bridge.statistics.acknowledged == 99)
    }
  }

  @Test func `over its limit the disk takes no more, and messages wait in memory`() async throws {
    let port = try freePort()
    let settings = BridgeSettings.make(ports: port) {
      $0.connections = 1
      $0.spool.maximumBytes = 10_000
      $0.outbox.messages = 100
    }
    try await withSpooledBridge(settings) { running, spool in
      let sink = RecordingSink()
      let payload = [UInt8](repeating: 1, count: 200)
      for number in 0..<300 {
        running.bridge.submit([try .make(payload, receipt: sink.receipt(number))])
        if number == 99 { try await eventually("a full spool") { spool.statistics.bytes >= 10_000 } }
      }
      // Each is settled or waits in memory: before that, more may be turned away.
      try await eventually("all are taken in") { sink.count + running.bridge.statistics.outboxMessages == 300 }
      #expect(sink.deliveries.contains(.dropped(.outboxFull)))
      #expect(spool.statistics.bytes < 50_000)
      let turnedAway = sink.deliveries.count { $0 == .dropped(.outboxFull) }
      try await withMosquitto(port: port) { _ in
        try await eventually("the others") { sink.count == 300 && spool.statistics.messages == 0 }
      }
      #expect(sink.deliveries.count { $0 == .dropped(.outboxFull) } == turnedAway)
    }
  }
}

/// Runs a bridge with a spool for the duration of `body`.
private func withSpooledBridge<Result: Sendable>(
  _ settings: BridgeSettings, in path: String? = nil, _ body: (RunningBridge, Spool) async throws -> Result
) async throws -> Result {
  guard let path else {
    return try await withTemporaryDirectory { try await withSpooledBridge(settings, in: $0, body) }
  }
  let state = try StateDirectory.open(path: path)
  defer { withExtendedLifetime(state) {} }
  let spool = try Spool.open(in: state)
  defer { spool.close() }
  return try await withBridge(settings, spool: spool) { try await body($0, spool) }
}
