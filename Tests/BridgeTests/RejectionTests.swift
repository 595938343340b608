import Model
import TestSupport
import Testing

@testable import Bridge

@Suite struct RejectionTests {
  /// A broker on which only topics under `devices` may be written.
  private func withStrictMosquitto(_ body: (Mosquitto) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
      try write("topic write devices/#\n", to: directory + "/acl")
      // Without a limit on its queue, mosquitto 2.0.11 also ends the connection of whoever publishes what it refuses.
      let configuration = "acl_file \(directory)/acl\nmax_queued_messages 1000"
      try await withMosquitto(configuration: configuration, body)
    }
  }

  @Test(arguments: [QualityOfService.atLeastOnce, .exactlyOnce])
  func `a rejected message is reported and not sent again`(qos: QualityOfService) async throws {
    try await withStrictMosquitto { broker in
      try await withBridge(.make(ports: broker.port)) { running in
        let sink = RecordingSink()
        let forbidden = Message(topic: try Topic("elsewhere"), payload: [], qos: qos)
        running.bridge.submit([
          Submission(message: forbidden, lane: .gateway, receipt: sink.receipt(1)),
          try .make(receipt: sink.receipt(2)),
        ])
        try await eventually("both settled") { sink.count == 2 }
        #expect(sink.delivery(of: 1) == .rejected(0x87))
        #expect(sink.delivery(of: 2) == .acknowledged)
        #expect(running.events.rejections == [0x87])
        try await eventually("counted") { running.bridge.statistics.rejected == 1 }
        #expect(running.bridge.statistics.published == 2)
      }
    }
  }

  @Test func `rejected messages free the window`() async throws {
    try await withStrictMosquitto { broker in
      try await withBridge(.make(ports: broker.port)) { running in
        let sink = RecordingSink()
        let forbidden = Message(topic: try Topic("elsewhere"), payload: [])
        running.bridge.submit(
          (0..<100).map { Submission(message: forbidden, lane: .gateway, receipt: sink.receipt($0)) })
        try await eventually("all settled") { sink.count == 100 }
        #expect(sink.deliveries.allSatisfy { $0 == .rejected(0x87) })
      }
    }
  }

  @Test func `a message that makes the broker hang up is found, and the others arrive in order`() async throws {
    let broker = try TouchyBroker(poison: "40")
    let settings = BridgeSettings.make(ports: broker.port) {
      $0.connections = 1
      $0.reconnect = BackoffSettings(minimum: .milliseconds(1), maximum: .milliseconds(10))
    }
    try await withBridge(settings) { running in
      let sink = RecordingSink()
      running.bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
      try await eventually("all settled") { sink.count == 100 }
      #expect(sink.tokens == Array(0..<100))
      #expect(sink.delivery(of: 40) == .dropped(.endsConnections))
      #expect(sink.acknowledged == 99)
      #expect(broker.closedConnections <= 10)
    }
  }

  @Test func `a broker that hangs up on everything is not believed before each message was tried alone`() {
    var suspicion = Suspicion()
    let together = (0..<3).map { _ in suspicion.provoked(underWay: 5) }
    #expect(together == [false, false, false])
    #expect(suspicion.isolates)
    let alone = (0..<3).map { _ in suspicion.provoked(underWay: 1) }
    #expect(alone == [false, false, true])
    for _ in 0..<4 { suspicion.answered() }
    #expect(!suspicion.isolates)
    let believed = suspicion.provoked(underWay: 0)
    #expect(!believed)
  }

  @Test func `an acknowledgement clears the suspicion`() {
    var suspicion = Suspicion()
    for _ in 0..<10 {
      let believed = [suspicion.provoked(underWay: 5), suspicion.provoked(underWay: 5)]
      #expect(believed == [false, false])
      suspicion.answered()
    }
    #expect(!suspicion.isolates)
  }
}
