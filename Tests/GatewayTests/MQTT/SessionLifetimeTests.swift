import TestSupport
import Testing

/// How long a session lasts (MQTT 5 §3.1.2.4, §3.1.2.11.2; MQTT 3.1.1 §3.1.2.4).
@Suite struct SessionLifetimeTests {
  /// Connects as `greeting` says, subscribes to `a`, and leaves; then whether the session is there for `again`.
  private func isPresent(
    after greeting: MQTTDevice.Greeting, for again: MQTTDevice.Greeting,
    leaving: (MQTTDevice) async throws -> Void = { try await $0.disconnect() }
  ) async throws -> Bool {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", greeting) { device in
        #expect(!device.connack.isSessionPresent)
        try await device.subscribe(to: "a")
        try await leaving(device)
      }
      return try await withMQTTDevice(gateway, "demo", again) { device in
        let isPresent = device.connack.isSessionPresent
        // The subscription is what makes it a session.
        try await device.subscribe(to: "end")
        try await gateway.tell("devices/demo/down/a", "x")
        try await gateway.tell("devices/demo/down/end", "x")
        #expect(try await device.nextMessage().topic == (isPresent ? "a" : "end"))
        return isPresent
      }
    }
  }

  @Test(arguments: MQTTVersion.allCases, MQTTVersion.allCases)
  func `a session waits for its device, whatever version it comes back with`(
    first: MQTTVersion, second: MQTTVersion
  ) async throws {
    #expect(try await isPresent(after: .lasting(first), for: .lasting(second)))
  }

  @Test func `it waits after a lost connection too`() async throws {
    #expect(try await isPresent(after: .lasting(), for: .lasting()) { try await $0.drop() })
  }

  @Test(arguments: MQTTVersion.allCases)
  func `a clean start begins it anew`(version: MQTTVersion) async throws {
    #expect(try await !isPresent(after: .lasting(version), for: .lasting(version, cleanStart: true)))
  }

  @Test func `a session of 3-1-1 that was clean leaves nothing`() async throws {
    #expect(try await !isPresent(after: .init(version: .v311, cleanStart: true), for: .lasting(.v311)))
  }

  @Test func `a session of 5-0 without an expiry ends with its connection`() async throws {
    #expect(try await !isPresent(after: .init(cleanStart: false), for: .lasting()))
  }

  @Test func `a session that was begun clean and has an expiry is kept`() async throws {
    #expect(try await isPresent(after: .lasting(cleanStart: true), for: .lasting()))
  }

  @Test func `DISCONNECT may end the session early`() async throws {
    let leave = { (device: MQTTDevice) in try await device.disconnect(0, [.sessionExpiry(0)]) }
    #expect(try await !isPresent(after: .lasting(), for: .lasting(), leaving: leave))
  }

  @Test func `a session whose time is over is gone, and its will is said then at the latest`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/gone"]) { application in
        let will = MQTTMessage(topic: "gone", payload: "x", properties: [.willDelay(600)])
        let short = MQTTDevice.Greeting(cleanStart: false, properties: [.sessionExpiry(1)], will: will)
        try await withMQTTDevice(gateway, "demo", short) { device in
          try await device.subscribe(to: "a")
          try await device.drop()
        }
        try await application.waitFor("devices/demo/up/gone x")
      }
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        #expect(!device.connack.isSessionPresent)
        try await device.ping()
      }
    }
  }

  @Test func `an expiry longer than the gateway's is shortened, and the device is told`() async throws {
    try await withMQTTGateway(configuration: "sessions: {maximum_expiry: 60s}") { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        #expect(device.connack.connackProperties.contains(.sessionExpiry(60)))
        try await device.disconnect()
      }
    }
  }

  @Test func `a device without a client id is given one, and its session is new`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .init(clientID: "")) { device in
        #expect(device.connack.connackProperties.contains { $0.id == 0x12 })
        try await device.ping()
      }
    }
  }
}
