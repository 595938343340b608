import TestSupport
import Testing

/// Devices that keep the broker's own topics, as they did at Mosquitto's listener.
@Suite struct VerbatimDevicesTests {
  @Test(arguments: MQTTVersion.allCases, [UInt8(0), 1, 2])
  func `two devices talk to each other through mosquitto's own clients`(version: MQTTVersion, qos: UInt8) async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withDeviceSubscriber(
        gateway, "two", key: key(2), hears: ["room/+/lamp"], version: version, format: "%t %p %q"
      ) { listener in
        let options = ["-m", "on", "-q", "\(qos)", "-V", version.option]
        #expect(try await publish(gateway, identity: "one", key: key(1), topic: "room/7/lamp", options) == 0)
        try await listener.waitFor("room/7/lamp on \(qos)")
      }
    }
  }

  @Test func `a device of one version talks to one of the other, both ways`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1), .init(version: .v311)) { older in
        try await withMQTTDevice(gateway, "two", key: key(2), .init(version: .v5)) { newer in
          #expect(try await older.subscribe(to: "to/older", 2) == 2)
          #expect(try await newer.subscribe(to: "to/newer", 2) == 2)
          try await older.publish("to/newer", "a", qos: 2)
          try await newer.publish("to/older", "b", qos: 2, [.user("k", "v")])
          #expect(try await newer.nextMessage().summary == "to/newer a q2")
          #expect(try await older.nextMessage().summary == "to/older b q2")
        }
      }
    }
  }

  @Test(arguments: [UInt8(0), 1, 2])
  func `a device hears no more than the QoS that it asked for`(qos: UInt8) async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { device in
        #expect(try await device.subscribe(to: "a", qos) == qos)
        try await gateway.tell("a", "x", qos: 2)
        #expect(try await device.nextMessage().qos == qos)
      }
    }
  }

  @Test func `a device hears itself, once for each message`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { device in
        try await device.subscribe(to: "#", 2)
        for number in 0..<20 { try await device.publish("a/\(number)", "x", qos: UInt8(number % 3)) }
        var heard: [[Int]] = [[], [], []]
        while heard.joined().count < 20 {
          let message = try await device.nextMessage()
          if let number = Int(message.topic.dropFirst(2)) { heard[Int(message.qos)].append(number) }
        }
        // In order, for each QoS.
        #expect(heard == (0..<3).map { Array(stride(from: $0, to: 20, by: 3)) })
      }
    }
  }
}
