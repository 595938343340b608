import TestSupport
import Testing

/// What a device may say and hear is in its record.
@Suite struct AllowListTests {
  private static let lists = "topics: verbatim\npublish: [say/%i/#]\nsubscribe: [hear/%i/#, hear/all]"

  private func withListed(_ body: (RunningGateway) async throws -> Void) async throws {
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), Self.lists, in: $0) }, body)
  }

  @Test(arguments: ["other", "say/else/x", "say", "hear/demo/x", "$SYS/x"])
  func `what it may not publish is refused, and the broker never sees it`(topic: String) async throws {
    try await withListed { gateway in
      try await withApplication(gateway, hears: ["#", "$SYS/x"]) { application in
        try await withMQTTDevice(gateway) { device in
          #expect(try await device.publish(topic, "no", qos: 1) == 0x87)
          #expect(try await device.publish(topic, "no", qos: 2) == 0x87)
          try await device.publish(topic, "no", qos: 0)
          #expect(try await device.publish("say/demo/end", "yes") == 0)
        }
        try await application.waitFor("say/demo/end yes")
        #expect(!application.lines.contains { $0.hasSuffix(" no") })
      }
    }
  }

  @Test func `what a 3-1-1 device may not publish is acknowledged and goes nowhere`()
    async throws
  {
    try await withListed { gateway in
      try await withApplication(gateway, hears: ["#"]) { application in
        try await withMQTTDevice(gateway, "demo", .init(version: .v311)) { device in
          try await device.publish("other", "no", qos: 1)
          try await device.publish("other", "no", qos: 2)
          try await device.publish("say/demo/end", "yes")
        }
        try await application.waitFor("say/demo/end yes")
        #expect(!application.lines.contains { $0.hasSuffix(" no") })
      }
    }
  }

  @Test(arguments: ["#", "+/demo/x", "hear/#", "hear/+/x", "hear/else/x", "hear", "$share/g/hear/#", "$SYS/#"])
  func `what it may not hear is refused`(filter: String) async throws {
    try await withListed { gateway in
      try await withMQTTDevice(gateway) { device in
        #expect(try await device.subscribe(to: filter) == 0x87)
        #expect(try await device.subscribe(to: "hear/demo/+") == 1)
        #expect(try await device.subscribe(to: "hear/all", 2) == 2)
        try await gateway.tell("hear/else/x", "no")
        try await gateway.tell("hear/demo/x", "yes")
        #expect(try await device.nextMessage().payload == "yes")
      }
      try await withMQTTDevice(gateway, "demo", .init(version: .v311)) { device in
        let code = try await device.subscribe(to: filter)
        #expect(code == 0x80)
      }
    }
  }

  @Test(arguments: zip(MQTTVersion.allCases, [UInt8(5), 0x87]))
  func `a will that it may not publish keeps it out`(version: MQTTVersion, code: UInt8) async throws {
    try await withListed { gateway in
      let will = MQTTMessage(topic: "other", payload: "no")
      try await withMQTTDevice(gateway, "demo", .init(version: version, will: will)) { device in
        #expect(device.connack.reason == code)
        try await device.waitForEnd()
      }
      let allowed = MQTTMessage(topic: "say/demo/will", payload: "yes")
      try await withMQTTDevice(gateway, "demo", .init(version: version, will: allowed)) { device in
        #expect(device.connack.reason == 0)
      }
    }
  }

  @Test func `without lists a verbatim device may say and hear nothing`() async throws {
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), "topics: verbatim", in: $0) }) { gateway in
      try await withMQTTDevice(gateway) { device in
        let codes = [try await device.publish("a", "x"), try await device.subscribe(to: "a")]
        #expect(codes == [0x87, 0x87])
      }
    }
  }

  @Test func `a namespaced device's lists are over topics as it names them`() async throws {
    let lists = "publish: [temperature]\nsubscribe: [set/#]"
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), lists, in: $0) }) { gateway in
      try await withMQTTDevice(gateway) { device in
        let said = [try await device.publish("temperature", "x"), try await device.publish("humidity", "x")]
        #expect(said == [0, 0x87])
        let heard = [try await device.subscribe(to: "set/+"), try await device.subscribe(to: "#")]
        #expect(heard == [1, 0x87])
      }
    }
  }
}
