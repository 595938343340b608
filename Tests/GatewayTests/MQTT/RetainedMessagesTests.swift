import TestSupport
import Testing

/// What the broker keeps reaches who subscribes, once (MQTT 5 §3.3.1.3, §3.8.3.1).
@Suite struct RetainedMessagesTests {
  /// Runs a gateway whose broker keeps `kept` for the topic `a`, with the verbatim devices `one` and `two`.
  private func withKept(_ body: (RunningGateway) async throws -> Void) async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await gateway.tell("a", "kept", ["-r"])
      try await body(gateway)
    }
  }

  /// What comes until a message of the topic `a` says `end`.
  private func messages(of device: MQTTDevice, _ gateway: RunningGateway) async throws -> [String] {
    try await gateway.tell("a", "end")
    var all: [String] = []
    while all.last?.hasPrefix("a end") != true { all.append(try await device.nextMessage().summary) }
    return all.dropLast()
  }

  @Test(arguments: MQTTVersion.allCases)
  func `only the new subscriber gets it, with its retain flag`(version: MQTTVersion) async throws {
    try await withKept { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1), .init(version: version)) { older in
        try await older.subscribe(to: "a")
        #expect(try await older.nextMessage().summary == "a kept q1 retained")
        try await withMQTTDevice(gateway, "two", key: key(2), .init(version: version)) { newer in
          try await newer.subscribe(to: "+")
          #expect(try await newer.nextMessage().summary == "a kept q1 retained")
        }
        #expect(try await messages(of: older, gateway) == [])
      }
    }
  }

  @Test func `many who subscribe at once get it once each`() async throws {
    let names = (0..<5).map { "dev-\($0)" }
    try await withMQTTGateway(devices: { for name in names { try addVerbatim(name, in: $0) } }) { gateway in
      try await gateway.tell("a", "kept", ["-r"])
      try await withMQTTDevices(gateway, names) { devices in
        for device in devices { try await device.subscribe(to: "a") }
        try await gateway.tell("a", "end")
        for device in devices {
          var heard = [try await device.nextMessage().payload, try await device.nextMessage().payload]
          heard.sort()
          #expect(heard == ["end", "kept"])
          try await device.ping()
          #expect(device.waiting(.publish).isEmpty)
        }
      }
    }
  }

  @Test(arguments: [UInt8(0), 1, 2])
  func `it has the lower one of both QoS`(qos: UInt8) async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await gateway.tell("a", "kept", qos: 2, ["-r"])
      try await withMQTTDevice(gateway, "one", key: key(1)) { device in
        try await device.subscribe(to: "a", qos)
        #expect(try await device.nextMessage().summary == "a kept q\(qos) retained")
      }
    }
  }

  @Test func `what a device has retained is kept for others until it is deleted`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { speaker in
        try await speaker.publish("a", "mine", retain: true)
        try await withMQTTDevice(gateway, "two", key: key(2)) { listener in
          try await listener.subscribe(to: "a")
          #expect(try await listener.nextMessage().summary == "a mine q1 retained")
          try await speaker.publish("a", "", retain: true)
          #expect(try await listener.nextMessage().summary == "a  q1")
          try await listener.subscribe(to: "a")
          #expect(try await messages(of: listener, gateway) == [])
        }
      }
    }
  }

  @Test func `Retain Handling 0 sends it with every SUBSCRIBE`() async throws {
    try await withKept { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { device in
        for _ in 0..<3 {
          try await device.subscribe(to: "a", 1)
          #expect(try await device.nextMessage().summary == "a kept q1 retained")
        }
      }
    }
  }

  @Test func `Retain Handling 1 sends it with the first one`() async throws {
    try await withKept { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { device in
        try await device.subscribe(to: "a", 1 | 16)
        #expect(try await device.nextMessage().summary == "a kept q1 retained")
        try await device.subscribe(to: "a", 1 | 16)
        #expect(try await messages(of: device, gateway) == [])
        try await device.unsubscribe(from: "a")
        try await device.subscribe(to: "a", 1 | 16)
        #expect(try await device.nextMessage().summary == "a kept q1 retained")
      }
    }
  }

  @Test func `Retain Handling 2 never does, nor does a shared subscription`() async throws {
    try await withKept { gateway in
      for (filter, options) in [("a", UInt8(1 | 32)), ("$share/g/a", 1)] {
        try await withMQTTDevice(gateway, "one", key: key(1)) { device in
          try await device.subscribe(to: filter, options)
          #expect(try await messages(of: device, gateway) == [])
        }
      }
    }
  }

  @Test func `Retain As Published keeps the flag of what comes later, and otherwise it is cleared`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { plain in
        try await withMQTTDevice(gateway, "two", key: key(2)) { asPublished in
          try await plain.subscribe(to: "a", 1)
          try await asPublished.subscribe(to: "a", 1 | 8)
          try await gateway.tell("a", "new", ["-r"])
          #expect(try await plain.nextMessage().summary == "a new q1")
          #expect(try await asPublished.nextMessage().summary == "a new q1 retained")
          try await gateway.tell("a", "plain")
          #expect(try await asPublished.nextMessage().summary == "a plain q1")
        }
      }
    }
  }

  @Test func `a command that is retained waits for its namespaced device`() async throws {
    try await withMQTTGateway { gateway in
      try await gateway.tell("devices/demo/down/set/rate", "5", ["-r"])
      try await withDeviceSubscriber(gateway, "demo", hears: ["set/#"], format: "%t %p %r") { device in
        try await device.waitFor("set/rate 5 1")
      }
    }
  }
}
