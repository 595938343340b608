import TestSupport
import Testing

/// A device whose topics are below its own.
@Suite struct NamespacedTopicsTests {
  @Test(arguments: MQTTVersion.allCases)
  func `a command to down is heard without its prefix`(version: MQTTVersion) async throws {
    try await withMQTTGateway { gateway in
      try await withDeviceSubscriber(gateway, "demo", hears: ["a/b"], version: version) { device in
        try await gateway.tell("devices/demo/down/a/b", "x")
        try await device.waitFor("a/b x")
      }
    }
  }

  @Test(arguments: MQTTVersion.allCases)
  func `what it publishes goes up below its own topic`(version: MQTTVersion) async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["#"], format: "%t %p %q %r") { application in
        for qos in 0...2 {
          let options = ["-m", "\(qos)", "-q", "\(qos)", "-V", version.option]
          #expect(try await publish(gateway, topic: "a/b", options) == 0)
          try await application.waitFor("devices/demo/up/a/b \(qos) \(qos) 0")
        }
      }
    }
  }

  @Test func `down itself is not delivered, for its topic would be empty`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway) { device in
        #expect(try await device.subscribe(to: "#") == 1)
        try await gateway.tell("devices/demo/down", "nothing")
        try await gateway.tell("devices/demo/down/end", "x")
        #expect(try await device.nextMessage().topic == "end")
      }
    }
  }

  @Test func `an empty level is a level`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway) { device in
        try await device.subscribe(to: "/a/")
        try await gateway.tell("devices/demo/down/a/", "not this")
        try await gateway.tell("devices/demo/down//a/", "this")
        #expect(try await device.nextMessage().summary == "/a/ this q1")
      }
    }
  }

  @Test(arguments: [UInt8(0), 1, 2])
  func `commands come in the order in which they were said`(qos: UInt8) async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway) { device in
        try await device.subscribe(to: "#", 2)
        for number in 0..<9 { try await gateway.tell("devices/demo/down/\(number)", "x", qos: qos) }
        for number in 0..<9 { #expect(try await device.nextMessage().summary == "\(number) x q\(qos)") }
      }
    }
  }
}
