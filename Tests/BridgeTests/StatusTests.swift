import Bridge
import Glibc
import Logging
import Model
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct StatusTests {
  private func settings(port: Int) throws -> BridgeSettings {
    let topic = try Topic("gateways/test/status")
    return .make(ports: port) {
      $0.status = StatusAnnouncement(topic: topic, online: Array("on".utf8), offline: Array("off".utf8))
    }
  }

  private let on = hex("on".utf8)
  private let off = hex("off".utf8)

  @Test func `the gateway is online while it runs and offline afterwards`() async throws {
    try await withMosquitto { broker in
      try await withSubscriber(to: "gateways/#", port: broker.port) { subscriber in
        try await withBridge(try settings(port: broker.port)) { running in
          try await eventually("online") { received(subscriber).map(\.payload) == [on] }
        }
        try await eventually("offline") { received(subscriber).map(\.payload) == [on, off] }
      }
      try await withSubscriber(to: "gateways/#", port: broker.port) { subscriber in
        try await eventually("offline, retained") { received(subscriber).map(\.payload) == [off] }
      }
    }
  }

  @Test func `a graceful shutdown sends what waits, and then says offline`() async throws {
    try await withMosquitto { broker in
      try await withSubscriber(to: "#", port: broker.port) { subscriber in
        let sink = RecordingSink()
        let bridge = try Bridge(settings: try settings(port: broker.port), logger: Logger(label: "test"))
        let group = ServiceGroup(services: [bridge], logger: Logger(label: "test"))
        async let running: Void = group.run()
        try await eventually("online") { bridge.statistics.connectedLanes == 2 }
        bridge.submit(try (0..<1_000).map { try .make(receipt: sink.receipt($0)) })
        await group.triggerGracefulShutdown()
        try await running
        #expect(sink.acknowledged == 1_000)
        try await eventually("offline") { received(subscriber).last?.payload == off }
        #expect(received(subscriber).count == 1_002)
      }
    }
  }

  @Test func `the last will says offline when the connection breaks`() async throws {
    try await withMosquitto { broker in
      try await withSubscriber(to: "gateways/#", port: broker.port) { subscriber in
        try await withBridge(try settings(port: broker.port)) { running in
          try await eventually("online") { received(subscriber).map(\.payload) == [on] }
          // Somebody else with the same client id throws the bridge out.
          let arguments = ["-p", "\(broker.port)", "-i", "gateway-test-0", "-t", "other", "-m", "x", "-V", "5"]
          try await withProcess("mosquitto_pub", arguments) { _ = try await $0.waitForExit() }
          try await eventually("offline, and online again") { received(subscriber).map(\.payload) == [on, off, on] }
          #expect(running.events.disconnections == ["The connection was lost."])
        }
      }
    }
  }

  @Test func `a broker that does not answer cannot hold up the end, and still learns that the gateway is offline`()
    async throws
  {
    try await withMosquitto { broker in
      let sink = RecordingSink()
      var settings = try settings(port: broker.port)
      settings.drainTime = .milliseconds(100)
      try await withBridge(settings) { running in
        try await running.waitForConnections()
        try await eventually("online acknowledged") { running.bridge.statistics.inFlight == 0 }
        broker.process.signal(SIGSTOP)
        running.bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
      }
      #expect(sink.count == 100)
      #expect(sink.deliveries.allSatisfy { $0 == .dropped(.stopped) })
      broker.process.signal(SIGCONT)
      try await withSubscriber(to: "gateways/#", port: broker.port) { subscriber in
        try await eventually("offline") { received(subscriber).last?.payload == off }
      }
    }
  }
}
