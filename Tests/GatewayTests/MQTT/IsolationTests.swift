import TestSupport
import Testing

/// A namespaced device neither hears nor reaches what is not its own, whatever it says.
@Suite struct IsolationTests {
  /// Runs a gateway with the devices `spy` and `victim`.
  private func withTwo(_ body: (RunningGateway) async throws -> Void) async throws {
    let add = { (devices: String) in
      try addDevice("spy", key: key(1), in: devices)
      try addDevice("victim", key: key(2), in: devices)
    }
    try await withMQTTGateway(devices: add, body)
  }

  @Test(arguments: [
    "#", "+/#", "+/x", "+/+/x", "victim/#", "devices/victim/down/#", "devices/+/down/#", "../victim/down/#",
    "$share/g/#", "$share/g/devices/#", "$share/g/+/x",
  ])
  func `no filter reaches another's commands`(filter: String) async throws {
    try await withTwo { gateway in
      try await withMQTTDevice(gateway, "spy", key: key(1), .init(clientID: "victim", userName: "victim")) { spy in
        #expect(try await spy.subscribe(to: filter) == 1)
        try await spy.subscribe(to: "end")
        try await gateway.tell("devices/victim/down/x", "secret", qos: 1, ["-r"])
        try await gateway.tell("devices/victim/up/x", "secret")
        try await gateway.tell("x", "secret")
        try await gateway.tell("victim/x", "secret")
        try await gateway.tell("devices/spy/down/end", "mine")
        #expect(try await spy.nextMessage().payload == "mine")
      }
    }
  }

  @Test(arguments: ["$SYS/#", "$SYS/broker/version", "$share/g/$SYS/#", "$other/a"])
  func `what is the broker's own cannot be subscribed to`(filter: String) async throws {
    try await withTwo { gateway in
      try await withMQTTDevice(gateway, "spy", key: key(1)) { spy in
        let code = try await spy.subscribe(to: filter)
        #expect(code == 0x87)
      }
      try await withMQTTDevice(gateway, "spy", key: key(1), .init(version: .v311)) { spy in
        let code = try await spy.subscribe(to: filter)
        #expect(code == 0x80)
      }
    }
  }

  @Test(arguments: [
    "devices/victim/down/x", "../victim/down/x", "/devices/victim/down/x", "$SYS/x", "gateways/node/status", "status",
  ])
  func `whatever it publishes to is below its own topic`(topic: String) async throws {
    try await withTwo { gateway in
      try await withApplication(gateway, hears: ["#", "$SYS/x"]) { application in
        try await withMQTTDevice(gateway, "spy", key: key(1), .init(clientID: "victim", userName: "victim")) { spy in
          try await spy.publish(topic, "forged", qos: 1, retain: true)
          // By an alias too, whose topic is said once.
          try await spy.publish(topic, "forged", qos: 1, [.topicAlias(1)])
          try await spy.publish("", "forged", qos: 1, [.topicAlias(1)])
          try await spy.publish("end", "x", qos: 1)
        }
        try await application.waitFor("devices/spy/up/end x")
        let forged = application.lines.filter { $0.hasSuffix("forged") }
        #expect(forged == Array(repeating: "devices/spy/up/\(topic) forged", count: 3))
      }
    }
  }

  @Test func `its will and response topics are below its own topic`() async throws {
    try await withTwo { gateway in
      try await withApplication(gateway, hears: ["devices/+/up/#", "devices/+/down/#"], format: "%t %p %R") {
        application in
        let will = MQTTMessage(
          topic: "devices/victim/down/x", payload: "will", properties: [.responseTopic("devices/victim/down/y")])
        try await withMQTTDevice(gateway, "spy", key: key(1), .init(will: will)) { spy in
          try await spy.publish("x", "ask", [.responseTopic("devices/victim/down/z")])
          try await spy.drop()
        }
        try await application.waitFor("devices/spy/up/x ask devices/spy/down/devices/victim/down/z")
        try await application.waitFor(
          "devices/spy/up/devices/victim/down/x will devices/spy/down/devices/victim/down/y")
        #expect(application.lines.count == 2)
      }
    }
  }

  @Test func `retained messages of others stay theirs`() async throws {
    try await withTwo { gateway in
      try await gateway.tell("devices/victim/down/x", "secret", qos: 1, ["-r"])
      try await gateway.tell("devices/spy/down/x", "mine", qos: 1, ["-r"])
      try await withMQTTDevice(gateway, "spy", key: key(1)) { spy in
        try await spy.subscribe(to: "#")
        #expect(try await spy.nextMessage().summary == "x mine q1 retained")
        try await gateway.tell("devices/spy/down/end", "end")
        #expect(try await spy.nextMessage().topic == "end")
      }
    }
  }

  @Test func `a verbatim device cannot use the client id of another to get its session`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1), .lasting(clientID: "same")) { device in
        try await device.subscribe(to: "a")
        try await device.disconnect()
      }
      try await withMQTTDevice(gateway, "two", key: key(2), .lasting(clientID: "same")) { device in
        #expect(!device.connack.isSessionPresent)
      }
      try await withMQTTDevice(gateway, "one", key: key(1), .lasting(clientID: "same")) { device in
        #expect(device.connack.isSessionPresent)
      }
    }
  }
}
