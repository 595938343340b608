import TestSupport
import Testing

/// What an MQTT 5 message says beside its payload reaches the other side (§3.3.2.3).
@Suite struct PropertiesTests {
  private static let properties: [MQTTProperty] = [
    .payloadFormat(1), .contentType("text/plain"), .correlationData([0, 1, 0xff]), .user("b", "2"), .user("a", "1"),
    .user("b", "3"),
  ]

  @Test func `from device to device they arrive as they are, user properties in order`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { speaker in
        try await withMQTTDevice(gateway, "two", key: key(2)) { listener in
          try await listener.subscribe(to: "a")
          try await speaker.publish("a", "x", qos: 1, Self.properties + [.responseTopic("answer")])
          let arrived = try await listener.nextMessage().properties
          #expect(Set(arrived) == Set(Self.properties + [.responseTopic("answer")]))
          #expect(arrived.filter { $0.id == 0x26 } == [.user("b", "2"), .user("a", "1"), .user("b", "3")])
        }
      }
    }
  }

  @Test func `an application sees them`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"], format: "%p|%F|%C|%D|%P") { application in
        try await withMQTTDevice(gateway) { device in
          try await device.publish(
            "a", "x", qos: 1,
            [.payloadFormat(1), .contentType("text/plain"), .correlationData(Array("id".utf8)), .user("k", "v")])
          try await application.waitFor("x|1|text/plain|id|k:v")
        }
      }
    }
  }

  @Test func `a device sees an application's, also after it was away`() async throws {
    let options = [
      "-V", "mqttv5", "-D", "publish", "payload-format-indicator", "1", "-D", "publish", "content-type", "text/plain",
      "-D", "publish", "correlation-data", "id", "-D", "publish", "user-property", "b", "2", "-D", "publish",
      "user-property", "a", "1",
    ]
    let expected: [MQTTProperty] = [
      .payloadFormat(1), .contentType("text/plain"), .correlationData(Array("id".utf8)), .user("b", "2"),
      .user("a", "1"),
    ]
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await device.subscribe(to: "a")
        try await gateway.tell("devices/demo/down/a", "x", options)
        #expect(Set(try await device.nextMessage().properties) == Set(expected))
        try await device.disconnect()
      }
      try await gateway.tell("devices/demo/down/a", "x", options)
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        let arrived = try await device.nextMessage().properties
        #expect(Set(arrived) == Set(expected))
        #expect(arrived.filter { $0.id == 0x26 } == [.user("b", "2"), .user("a", "1")])
      }
    }
  }

  @Test func `a 3-1-1 device gets the message without them`() async throws {
    try await withMQTTGateway { gateway in
      try await withDeviceSubscriber(gateway, "demo", hears: ["a"], version: .v311) { device in
        let options = ["-V", "mqttv5", "-D", "publish", "content-type", "text/plain"]
        try await gateway.tell("devices/demo/down/a", "x", options)
        try await device.waitFor("a x")
      }
    }
  }

  @Test func `what is left of an expiry is what a device is told`() async throws {
    let expiring = { (seconds: Int) in ["-V", "mqttv5", "-D", "publish", "message-expiry-interval", "\(seconds)"] }
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await device.subscribe(to: "+")
        try await device.disconnect()
      }
      try await gateway.tell("devices/demo/down/long", "x", expiring(600))
      try await gateway.tell("devices/demo/down/short", "x", expiring(1))
      let told = ContinuousClock.now
      // The other one has to be over, and nothing else says so than the clock.
      try await eventually("1.1 s") { ContinuousClock.now - told > .milliseconds(1_100) }
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await gateway.tell("devices/demo/down/end", "x")
        let long = try await device.nextMessage()
        #expect(long.topic == "long")
        #expect(long.properties.contains { (1..<600).map { .messageExpiry($0) }.contains($0) })
        #expect(try await device.nextMessage().topic == "end")
      }
    }
  }
}
