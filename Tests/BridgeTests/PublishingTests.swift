import Bridge
import Model
import TestSupport
import Testing

@Suite struct PublishingTests {
  @Test(arguments: QualityOfService.allCases)
  func `messages arrive byte for byte`(qos: QualityOfService) async throws {
    let payloads: [[UInt8]] = [[], [0], Array(0...255), Array(repeating: 0xff, count: 70_000), Array("ü\n\r\0".utf8)]
    try await withMosquitto { broker in
      try await withSubscriber(to: "devices/#", port: broker.port) { subscriber in
        try await withBridge(.make(ports: broker.port)) { running in
          running.bridge.submit(try payloads.map { try .make($0, qos: qos) })
          try await eventually("all arrive") { received(subscriber).count == payloads.count }
          #expect(received(subscriber).map(\.payload) == payloads.map(hex))
        }
      }
    }
  }

  /// The subscriber asks for QoS 0: mosquitto itself lets QoS 0 overtake QoS 1 on the way to a QoS 1 subscriber.
  @Test func `each device's messages stay in order, whatever their QoS`() async throws {
    try await withMosquitto { broker in
      try await withSubscriber(to: "devices/#", port: broker.port, qos: 0) { subscriber in
        try await withBridge(.make(ports: broker.port) { $0.connections = 3 }) { running in
          for round in 0..<100 {
            let batch = try (0..<20).map { device in
              try Submission.make(
                "\(round)", device: "dev-\(device)", qos: (round + device) % 2 == 0 ? .atMostOnce : .atLeastOnce)
            }
            running.bridge.submit(batch)
          }
          try await eventually("all arrive") { received(subscriber).count == 2_000 }
          for device in 0..<20 {
            let own = received(subscriber).filter { $0.topic == "devices/dev-\(device)/up" }.map(\.payload)
            #expect(own == (0..<100).map { hex("\($0)".utf8) })
          }
        }
      }
    }
  }

  @Test func `a sink is called once for many acknowledgements`() async throws {
    try await withMosquitto { broker in
      try await withBridge(.make(ports: broker.port)) { running in
        let sink = RecordingSink()
        running.bridge.submit(try (0..<1_000).map { try .make(receipt: sink.receipt($0)) })
        try await eventually("all acknowledged") { sink.acknowledged == 1_000 }
        #expect(sink.tokens == Array(0..<1_000))
        #expect(sink.calls < 500)
      }
    }
  }

  @Test func `the window is as large as the broker allows and not larger`() async throws {
    for (allowed, asked, expected) in [(7, 20, 7), (20, 5, 5)] {
      try await withMosquitto(configuration: "max_inflight_messages \(allowed)") { broker in
        try await withBridge(.make(ports: broker.port) { $0.window = asked }) { running in
          let sink = RecordingSink()
          running.bridge.submit(try (0..<500).map { try .make(receipt: sink.receipt($0)) })
          try await eventually("all acknowledged") { sink.acknowledged == 500 }
          #expect(running.bridge.statistics.largestWindow == expected)
        }
      }
    }
  }

  @Test func `a message that cannot be sent is reported, and the next one arrives`() async throws {
    try await withMosquitto { broker in
      try await withBridge(.make(ports: broker.port)) { running in
        let sink = RecordingSink()
        let odd = Message(topic: try Topic("a\u{1}b"), payload: [])
        running.bridge.submit([
          Submission(message: odd, lane: .gateway, receipt: sink.receipt(1)), try .make(receipt: sink.receipt(2)),
        ])
        try await eventually("both settled") { sink.count == 2 }
        guard case .dropped(.unsendable) = sink.delivery(of: 1) else {
          Issue.record("\(String(describing: sink.delivery(of: 1)))")
          return
        }
        #expect(sink.delivery(of: 2) == .acknowledged)
      }
    }
  }

  @Test func `statistics add up when everything has been settled`() async throws {
    try await withMosquitto { broker in
      try await withBridge(.make(ports: broker.port)) { running in
        running.bridge.submit(try (0..<50).map { try .make(qos: $0 < 10 ? .atMostOnce : .atLeastOnce) })
        try await eventually("nothing waits") {
          let statistics = running.bridge.statistics
          return statistics.acknowledged == 40 && statistics.outboxMessages == 0
        }
        let statistics = running.bridge.statistics
        #expect(statistics.published == 50)
        #expect(statistics.outboxBytes == 0)
        #expect(statistics.inFlight == 0)
        #expect(statistics.dropped == 0)
      }
    }
  }
}
