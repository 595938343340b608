import Bridge
import Model
import TestSupport
import Testing

@Suite struct CongestionTests {
  private func settings(port: Int, messages: Int = 100, bytes: Int = 1 << 20) -> BridgeSettings {
    .make(ports: port) {
      $0.outbox.messages = messages
      $0.outbox.bytes = bytes
    }
  }

  @Test func `a full outbox says so, refuses with a reason, and recovers`() async throws {
    let port = try freePort()
    let sink = RecordingSink()
    try await withBridge(settings(port: port)) { running in
      running.bridge.submit(try (0..<75).map { try .make(receipt: sink.receipt($0)) })
      try await eventually("75 wait") { running.bridge.statistics.outboxMessages == 75 }
      #expect(running.events.congestions == [])
      running.bridge.submit(try (75..<150).map { try .make(receipt: sink.receipt($0)) })
      try await eventually("50 refused") { sink.count == 50 }
      #expect(sink.deliveries.allSatisfy { $0 == .dropped(.outboxFull) })
      #expect(sink.tokens == Array(100..<150))
      #expect(running.events.congestions == [true])
      try await withMosquitto(port: port) { _ in
        try await eventually("the others acknowledged") { sink.acknowledged == 100 }
        try await eventually("relief") { running.events.congestions == [true, false] }
      }
      #expect(running.bridge.statistics.dropped == 50)
    }
  }

  @Test func `bytes count as well`() async throws {
    let sink = RecordingSink()
    try await withBridge(settings(port: try freePort(), bytes: 10_000)) { running in
      let payload = [UInt8](repeating: 0, count: 4_000)
      running.bridge.submit(try (0..<3).map { try .make(payload, receipt: sink.receipt($0)) })
      try await eventually("the third refused") { sink.delivery(of: 2) == .dropped(.outboxFull) }
      #expect(running.events.congestions == [true])
      #expect(running.bridge.statistics.outboxMessages == 2)
    }
  }

  @Test func `QoS 0 goes first`() async throws {
    let port = try freePort()
    let sink = RecordingSink()
    try await withBridge(settings(port: port, messages: 10)) { running in
      running.bridge.submit(try (0..<10).map { try .make(qos: .atMostOnce, receipt: sink.receipt($0)) })
      running.bridge.submit(try (10..<20).map { try .make("\($0)", receipt: sink.receipt($0)) })
      try await eventually("the QoS 0 messages dropped") { sink.count == 10 }
      #expect(sink.tokens.sorted() == Array(0..<10))
      #expect(sink.deliveries.allSatisfy { $0 == .dropped(.outboxFull) })
      try await withMosquitto(port: port) { _ in
        try await eventually("the others acknowledged") { sink.acknowledged == 10 }
      }
    }
  }

  @Test func `what is submitted after the end is reported at once`() async throws {
    let sink = RecordingSink()
    let bridge = try await withBridge(.make(ports: try freePort())) { $0.bridge }
    bridge.submit([try .make(receipt: sink.receipt(1))])
    #expect(sink.delivery(of: 1) == .dropped(.stopped))
  }
}
