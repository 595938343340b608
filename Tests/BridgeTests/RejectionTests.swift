import Bridge
import Model
import TestSupport
import Testing

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
}
