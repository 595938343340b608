import TestSupport
import Testing

/// The broker forgets everything, and comes back.
@Suite struct BrokerRestartTests {
  @Test func `subscriptions work again afterwards, those made meanwhile too`() async throws {
    let port = try freePort()
    try await withMosquitto(port: port) { broker in
      try await withMQTTGateway(devices: addVerbatimPair, broker: broker) { gateway in
        try await withMQTTDevice(gateway, "one", key: key(1)) { device in
          try await device.subscribe(to: "before")
          try await device.subscribe(to: "$share/g/shared")
          broker.process.signal(9)
          try await broker.process.waitForExit()
          try await gateway.process.waitForOutput("no connection to the broker for what comes down")
          #expect(try await device.subscribe(to: "meanwhile") == 1)
          try await withMosquitto(port: port) { _ in
            try await gateway.hearsBroker(connections: 4)
            for topic in ["before", "shared", "meanwhile"] { try await hears(topic, device, gateway) }
          }
        }
      }
    }
  }

  /// Tells the topic until the device hears it: the broker is asked for it in its own time.
  private func hears(_ topic: String, _ device: MQTTDevice, _ gateway: RunningGateway) async throws {
    try await eventually(topic) {
      try await gateway.tell(topic, "x")
      try await device.ping()
      return device.waiting(.publish).contains { $0.message.topic == topic }
    }
  }

  @Test func `what devices say meanwhile is there afterwards, with its properties`() async throws {
    let port = try freePort()
    try await withMosquitto(port: port) { broker in
      try await withMQTTGateway(broker: broker, configuration: "spool: {after: 100ms}") { gateway in
        broker.process.signal(9)
        try await broker.process.waitForExit()
        try await withMQTTDevice(gateway) { device in
          for qos in 1...2 {
            #expect(try await device.publish("a", "\(qos)", qos: UInt8(qos), retain: true, [.user("k", "v")]) == 0)
          }
          try await device.disconnect()
        }
        try await withMosquitto(port: port) { _ in
          try await withApplication(gateway, hears: ["devices/demo/up/a"], format: "%p %P") { application in
            try await application.waitFor("2 k:v")
          }
        }
      }
    }
  }
}
