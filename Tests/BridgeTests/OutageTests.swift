import Bridge
import Glibc
import Model
import TestSupport
import Testing

@Suite struct OutageTests {
  @Test func `receipts come only after the broker's acknowledgement`() async throws {
    try await withMosquitto { broker in
      try await withBridge(.make(ports: broker.port)) { running in
        try await running.waitForConnections()
        broker.process.signal(SIGSTOP)
        let sink = RecordingSink()
        running.bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
        try await eventually("a full window") { running.bridge.statistics.inFlight == 20 }
        #expect(sink.count == 0)
        broker.process.signal(SIGCONT)
        try await eventually("all acknowledged") { sink.acknowledged == 100 }
      }
    }
  }

  @Test func `once one connection has found the broker, the others do not wait`() async throws {
    let port = try freePort()
    let settings = BridgeSettings.make(ports: port) {
      $0.connections = 16
      $0.reconnect = BackoffSettings(minimum: .seconds(8), maximum: .seconds(8))
    }
    try await withBridge(settings) { running in
      try await eventually("sixteen that wait") { running.events.disconnections.count == 16 }
      try await withMosquitto(port: port) { _ in
        try await eventually("one") { running.bridge.statistics.connectedLanes >= 1 }
        try await eventually("the others", within: .seconds(2)) { running.bridge.statistics.connectedLanes == 16 }
      }
    }
  }

  // The subscribers ask for QoS 0: mosquitto passes a message on before it acknowledges it, and a subscriber that sends
  // nothing reads to the end when mosquitto is killed. With acknowledgements unread, the system would cut it short.

  @Test func `a broker that is killed and comes back gets everything, in order`() async throws {
    let port = try freePort()
    let sink = RecordingSink()
    let messages = try (0..<3_000).map { number in
      let message = Message(topic: try Topic("m/\(number)"), payload: [1], retain: true)
      return Submission(message: message, lane: .gateway, receipt: sink.receipt(number))
    }
    try await withBridge(.make(ports: port)) { running in
      let before = try await withMosquitto(port: port) { broker in
        try await withSubscriber(to: "m/#", port: port, qos: 0) { subscriber in
          running.bridge.submit(Array(messages.prefix(1_000)))
          try await eventually("some acknowledged") { sink.acknowledged >= 100 }
          // Stopped first, so that some are left however fast it is.
          broker.process.signal(SIGSTOP)
          running.bridge.submit(Array(messages.dropFirst(1_000)))
          broker.process.signal(SIGKILL)
          try await broker.process.waitForExit()
          try await eventually("what was acknowledged") { received(subscriber).count >= sink.acknowledged }
          return received(subscriber).map(\.topic)
        }
      }
      #expect(sink.count < messages.count)
      let after = try await withMosquitto(port: port) { broker in
        try await eventually("all acknowledged", within: .seconds(60)) { sink.acknowledged == messages.count }
        return try await withSubscriber(to: "m/#", port: port) { subscriber in
          try await eventually("the last retained message") { received(subscriber).contains { $0.topic == "m/2999" } }
          return Set(received(subscriber).map(\.topic))
        }
      }
      #expect(sink.tokens == Array(0..<messages.count))
      #expect(before.count >= 100)
      #expect(before == before.indices.map { "m/\($0)" })
      #expect(after.union(before).count == messages.count)
    }
  }

  @Test func `messages wait for a broker that is not there yet`() async throws {
    let port = try freePort()
    let sink = RecordingSink()
    try await withBridge(.make(ports: port)) { running in
      running.bridge.submit(try (0..<10).map { try .make("\($0)", receipt: sink.receipt($0)) })
      try await eventually("failed attempts") { running.events.disconnections.count > 3 }
      #expect(sink.count == 0)
      try await withMosquitto(port: port) { _ in
        try await eventually("all acknowledged") { sink.acknowledged == 10 }
      }
    }
  }

  @Test func `the next broker of the list takes over where the first broke off`() async throws {
    let sink = RecordingSink()
    try await withMosquitto { first in
      try await withMosquitto { second in
        try await withSubscriber(to: "devices/#", port: first.port, qos: 0) { early in
          try await withSubscriber(to: "devices/#", port: second.port, qos: 0) { late in
            try await withBridge(.make(ports: first.port, second.port) { $0.connections = 1 }) { running in
              running.bridge.submit(try (0..<1_000).map { try .make("\($0)", receipt: sink.receipt($0)) })
              try await eventually("some acknowledged") { sink.acknowledged >= 100 }
              first.process.signal(SIGSTOP)
              running.bridge.submit(try (1_000..<3_000).map { try .make("\($0)", receipt: sink.receipt($0)) })
              first.process.signal(SIGKILL)
              try await eventually("all acknowledged") { sink.acknowledged == 3_000 }
              #expect(running.events.brokers == ["mqtt://127.0.0.1:\(first.port)", "mqtt://127.0.0.1:\(second.port)"])
              #expect(running.bridge.statistics.reconnects == 1)
            }
            try await eventually("the last message") { received(late).last?.payload == hex("2999".utf8) }
            let (seenEarly, seenLate) = (received(early).map(\.payload), received(late).map(\.payload))
            let all = (0..<3_000).map { hex("\($0)".utf8) }
            #expect(seenEarly == Array(all.prefix(seenEarly.count)))
            #expect(seenLate == Array(all.suffix(seenLate.count)))
            #expect(seenEarly.count + seenLate.count >= all.count)
          }
        }
      }
    }
  }

  @Test func `all connections use the same broker`() async throws {
    try await withMosquitto { first in
      try await withMosquitto { second in
        try await withBridge(.make(ports: first.port, second.port) { $0.connections = 4 }) { running in
          try await running.waitForConnections(4)
          #expect(Set(running.events.brokers) == ["mqtt://127.0.0.1:\(first.port)"])
        }
      }
    }
  }

  @Test func `a broker that takes the connection and says nothing is given up`() async throws {
    let silent = try SilentListener()
    try await withMosquitto { broker in
      let settings = BridgeSettings.make(ports: silent.port, broker.port) { $0.connectTimeout = .milliseconds(200) }
      try await withBridge(settings) { running in
        try await running.waitForConnections()
        #expect(Set(running.events.brokers) == ["mqtt://127.0.0.1:\(broker.port)"])
      }
    }
  }

  @Test func `QoS 0 messages do not wait for ever`() async throws {
    let sink = RecordingSink()
    try await withBridge(.make(ports: try freePort()) { $0.patience = .zero }) { running in
      running.bridge.submit([
        try .make(qos: .atMostOnce, receipt: sink.receipt(0)), try .make(receipt: sink.receipt(1)),
        try .make(qos: .atMostOnce),
      ])
      try await eventually("one dropped") { sink.delivery(of: 0) == .dropped(.brokerAway) }
      #expect(sink.delivery(of: 1) == nil)
      #expect(running.bridge.statistics.dropped == 2)
      running.bridge.stop()
      try await eventually("the other at the end") { sink.delivery(of: 1) == .dropped(.stopped) }
    }
  }
}
