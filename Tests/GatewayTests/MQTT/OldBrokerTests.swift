import TestSupport
import Testing

/// A broker that knows MQTT 3.1.1 alone.
@Suite struct OldBrokerTests {
  private func withOldBrokerGateway(_ body: (RunningGateway, Mosquitto) async throws -> Void) async throws {
    try await withMosquitto { broker in
      try await withOldBroker(broker) { old in
        try await withMQTTGateway(devices: addVerbatimPair, broker: old) { try await body($0, broker) }
      }
    }
  }

  @Test func `devices of version 5 hear each other, at each QoS`() async throws {
    try await withOldBrokerGateway { gateway, _ in
      #expect(gateway.process.errorOutput.contains("the broker knows no MQTT 5"))
      try await withMQTTDevice(gateway, "one", key: key(1)) { one in
        try await withMQTTDevice(gateway, "two", key: key(2)) { two in
          try await two.subscribe(to: "a/#", 2)
          for qos: UInt8 in 0...2 {
            try await one.publish("a/b", "\(qos)", qos: qos, [.user("k", "v")])
            #expect(try await two.nextMessage().summary == "a/b \(qos) q\(qos)")
          }
        }
      }
    }
  }

  @Test func `a retained message reaches who subscribes, once`() async throws {
    try await withOldBrokerGateway { gateway, broker in
      let arguments = ["-h", "127.0.0.1", "-p", "\(broker.port)", "-t", "a/kept", "-m", "x", "-r", "-q", "1"]
      _ = try await withProcess("mosquitto_pub", arguments) { try await $0.waitForExit() }
      try await withMQTTDevice(gateway, "one", key: key(1)) { one in
        try await one.subscribe(to: "a/#", 1)
        #expect(try await one.nextMessage().summary == "a/kept x q1 retained")
        try await gateway.tell("a/live", "y")
        #expect(try await one.nextMessage().summary == "a/live y q1")
      }
    }
  }
}
