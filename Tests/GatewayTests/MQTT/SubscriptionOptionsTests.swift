import TestSupport
import Testing

/// What a subscription may ask for (MQTT 5 §3.8.3.1, §3.8.2.1.2).
@Suite struct SubscriptionOptionsTests {
  /// Runs a gateway with the verbatim devices `one`, which is connected, and `two`.
  private func withOne(_ body: (RunningGateway, MQTTDevice) async throws -> Void) async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { try await body(gateway, $0) }
    }
  }

  @Test func `No Local keeps what the device itself has said from it, and from nobody else`() async throws {
    try await withOne { gateway, one in
      try await withMQTTDevice(gateway, "two", key: key(2)) { two in
        try await one.subscribe(to: "a/#", 1 | 4)
        try await two.subscribe(to: "a/#", 1)
        try await one.publish("a/one", "x", [.user("k", "v")])
        try await two.publish("a/two", "y")
        let heard = try await two.nextMessage()
        // Nor does the mark that tells them apart reach anybody.
        #expect(heard.summary == "a/one x q1" && heard.properties == [.user("k", "v")])
        #expect(try await one.nextMessage().summary == "a/two y q1")
      }
    }
  }

  @Test func `No Local cannot be mistaken by what the device says of itself`() async throws {
    try await withOne { gateway, device in
      try await device.subscribe(to: "a", 1 | 4)
      try await device.publish("a", "mine", [.user("gateway-origin", "x")])
      try await gateway.tell("a", "other")
      #expect(try await device.nextMessage().payload == "other")
    }
  }

  @Test func `No Local holds for another connection of the same identity only if it is the same client`() async throws {
    let add = { (devices: String) in
      try addVerbatim("fleet", "sessions: per-client-id", in: devices)
    }
    try await withMQTTGateway(devices: add) { gateway in
      try await withMQTTDevice(gateway, "fleet", .init(clientID: "a")) { first in
        try await withMQTTDevice(gateway, "fleet", .init(clientID: "b")) { second in
          try await first.subscribe(to: "x", 1 | 4)
          try await first.publish("x", "mine")
          try await second.publish("x", "other")
          #expect(try await first.nextMessage().payload == "other")
        }
      }
    }
  }

  @Test func `subscription identifiers come back, each that matches`() async throws {
    try await withOne { gateway, device in
      try await device.subscribe(to: "a/#", 1, [.subscriptionIdentifier(7)])
      try await device.subscribe(to: "a/b", 1, [.subscriptionIdentifier(268_435_455)])
      try await device.subscribe(to: "a/c", 1)
      try await gateway.tell("a/b", "x")
      #expect(
        Set(try await device.nextMessage().properties) == [
          .subscriptionIdentifier(7), .subscriptionIdentifier(268_435_455),
        ])
      try await gateway.tell("a/c", "x")
      #expect(try await device.nextMessage().properties == [.subscriptionIdentifier(7)])
    }
  }

  @Test func `filters that overlap bring a message once, with the highest QoS`() async throws {
    try await withOne { gateway, device in
      try await device.subscribe(to: "a/#", 0)
      try await device.subscribe(to: "a/+", 2)
      try await device.subscribe(to: "a/b", 1)
      try await gateway.tell("a/b", "x", qos: 2)
      #expect(try await device.nextMessage().summary == "a/b x q2")
      // Only now: a message of QoS 0 may overtake one of QoS 2 on its way from the broker.
      try await gateway.tell("a/b/c", "end", qos: 2)
      #expect(try await device.nextMessage().summary == "a/b/c end q0")
    }
  }

  @Test(arguments: MQTTVersion.allCases)
  func `a second SUBSCRIBE for the same filter takes the place of the first`(version: MQTTVersion) async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1), .init(version: version)) { device in
        try await device.subscribe(to: "a", 2)
        #expect(try await device.subscribe(to: "a", 0) == 0)
        try await gateway.tell("a", "x", qos: 2)
        try await gateway.tell("a", "y", qos: 2)
        #expect(try await device.nextMessage().summary == "a x q0")
        #expect(try await device.nextMessage().summary == "a y q0")
      }
    }
  }

  @Test(arguments: MQTTVersion.allCases)
  func `after UNSUBSCRIBE nothing comes any more`(version: MQTTVersion) async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1), .init(version: version)) { device in
        try await device.subscribe(to: "a/#")
        try await device.subscribe(to: "b")
        #expect(try await device.unsubscribe(from: "a/#") == (version == .v5 ? 0 : nil))
        #expect(try await device.unsubscribe(from: "a/#") == (version == .v5 ? 0x11 : nil))
        try await gateway.tell("a/x", "no")
        try await gateway.tell("b", "yes")
        #expect(try await device.nextMessage().summary == "b yes q1")
      }
    }
  }

  @Test func `who asks for more than others have asked for gets it`() async throws {
    try await withOne { gateway, one in
      try await withMQTTDevice(gateway, "two", key: key(2)) { two in
        try await one.subscribe(to: "a", 0)
        try await two.subscribe(to: "a", 2)
        try await gateway.tell("a", "x", qos: 2)
        #expect(try await one.nextMessage().qos == 0)
        #expect(try await two.nextMessage().qos == 2)
      }
    }
  }

  @Test func `what one device gives up another still hears`() async throws {
    try await withOne { gateway, one in
      try await withMQTTDevice(gateway, "two", key: key(2)) { two in
        try await one.subscribe(to: "a", 2)
        try await two.subscribe(to: "a", 1)
        try await one.unsubscribe(from: "a")
        try await gateway.tell("a", "x", qos: 2)
        #expect(try await two.nextMessage().summary == "a x q1")
      }
    }
  }

  @Test func `one SUBSCRIBE may ask for several filters, and each has its answer`() async throws {
    try await withMQTTGateway(devices: { try addVerbatim("demo", in: $0) }) { gateway in
      try await withDeviceSubscriber(gateway, "demo", hears: ["a", "$SYS/#", "b"]) { device in
        try await gateway.tell("a", "x")
        try await gateway.tell("b", "x")
        #expect(try await device.before("b x") == ["a x"])
        #expect(device.process.output.contains(/Subscribed \(mid: \d+\): 2, 128, 2/))
      }
    }
  }

  @Test func `a session has as many subscriptions as it may`() async throws {
    try await withMQTTGateway(configuration: "sessions: {maximum_subscriptions: 2}") { gateway in
      try await withMQTTDevice(gateway) { device in
        var codes: [UInt8] = []
        for filter in ["a", "b", "c", "a"] { codes.append(try await device.subscribe(to: filter)) }
        #expect(codes == [1, 1, 0x97, 1])
        try await device.unsubscribe(from: "a")
        #expect(try await device.subscribe(to: "c") == 1)
      }
    }
  }

  @Test func `a device that takes aliases is told a topic once`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .init(properties: [.topicAliasMaximum(5)])) { device in
        try await device.subscribe(to: "a")
        for payload in ["1", "2"] { try await gateway.tell("devices/demo/down/a", payload) }
        let first = try await device.nextMessage()
        let second = try await device.nextMessage()
        #expect(first.topic == "a" && first.properties == [.topicAlias(1)])
        #expect(second.topic == "" && second.properties == [.topicAlias(1)] && second.payload == "2")
      }
    }
  }
}
