import Glibc
import TestSupport
import Testing

/// What is said of a device that went without a word (MQTT 5 §3.1.2.5).
@Suite struct WillTests {
  private static func will(
    _ qos: UInt8 = 1, delay: UInt32 = 0, retained: Bool = false
  ) -> MQTTMessage {
    MQTTMessage(
      topic: "gone", payload: "will", qos: qos, isRetained: retained,
      properties: delay > 0 ? [.willDelay(delay)] : [])
  }

  /// Runs a gateway and an application that hears what the device says.
  private func withListener(_ body: (RunningGateway, Application) async throws -> Void) async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"]) { try await body(gateway, $0) }
    }
  }

  /// Waits until another connection of the device has said `end`, and returns what was heard before.
  private func heard(
    _ gateway: RunningGateway, _ application: Application, _ greeting: MQTTDevice.Greeting = .init()
  ) async throws -> [Substring] {
    try await withMQTTDevice(gateway, "demo", greeting) { device in
      try await device.publish("end", "x")
      try await device.disconnect()
    }
    return try await application.before("devices/demo/up/end x")
  }

  @Test(arguments: MQTTVersion.allCases, [UInt8(0), 1, 2])
  func `a lost connection publishes it`(version: MQTTVersion, qos: UInt8) async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .init(version: version, will: Self.will(qos))) { device in
        try await device.publish("last", "word")
        try await device.drop()
      }
      try await application.waitFor("devices/demo/up/gone will")
      #expect(application.lines == ["devices/demo/up/last word", "devices/demo/up/gone will"])
    }
  }

  @Test(arguments: MQTTVersion.allCases)
  func `DISCONNECT discards it`(version: MQTTVersion) async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .init(version: version, will: Self.will())) { device in
        try await device.disconnect()
      }
      #expect(try await heard(gateway, application) == [])
    }
  }

  @Test func `DISCONNECT with will does not`() async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .init(will: Self.will())) { device in
        try await device.disconnect(4)
      }
      try await application.waitFor("devices/demo/up/gone will")
    }
  }

  @Test func `a protocol error publishes it`() async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .init(will: Self.will())) { device in
        try device.send([0xf0, 0])
        try await device.waitForEnd()
      }
      try await application.waitFor("devices/demo/up/gone will")
    }
  }

  @Test func `silence longer than the keep-alive allows publishes it`() async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .init(will: Self.will(), keepAlive: 1)) { device in
        #expect(try await device.next(.disconnect).reason == 0x8d)
        try await application.waitFor("devices/demo/up/gone will")
      }
    }
  }

  @Test func `mosquitto's own clients leave one, retained, with its properties`() async throws {
    try await withMQTTGateway { gateway in
      let options = [
        "--will-topic", "gone", "--will-payload", "will", "--will-qos", "1", "--will-retain", "-D", "will",
        "content-type", "text/plain",
      ]
      try await withDeviceSubscriber(gateway, "demo", hears: ["x"], version: .v5, options) { device in
        device.process.signal(9)
        try await device.process.waitForExit()
      }
      try await withApplication(gateway, hears: ["devices/demo/up/gone"], format: "%t %p %r %C") { application in
        try await eventually("the will") { application.lines.contains { $0.hasPrefix("devices/demo/up/gone will ") } }
        #expect(application.lines.allSatisfy { $0.hasSuffix(" text/plain") })
      }
    }
  }

  @Test func `a delay is waited for`() async throws {
    try await withListener { gateway, application in
      let before = ContinuousClock.now
      try await withMQTTDevice(gateway, "demo", .lasting(will: Self.will(delay: 1))) { try await $0.drop() }
      try await application.waitFor("devices/demo/up/gone will")
      #expect(ContinuousClock.now - before >= .seconds(1))
    }
  }

  @Test func `a device that is back within the delay keeps it from being said`() async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .lasting(will: Self.will(delay: 600))) { try await $0.drop() }
      #expect(try await heard(gateway, application, .lasting()) == [])
    }
  }

  @Test func `a clean start within the delay ends the session, and publishes it`() async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .lasting(will: Self.will(delay: 600))) { try await $0.drop() }
      let words = try await heard(gateway, application, .lasting(cleanStart: true))
      #expect(words == ["devices/demo/up/gone will"])
    }
  }

  @Test func `without an expiry the delay ends with the session, at once`() async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", .init(will: Self.will(delay: 600))) { try await $0.drop() }
      try await application.waitFor("devices/demo/up/gone will")
    }
  }

  @Test(arguments: [MQTTDevice.Greeting(will: will()), .lasting(will: will())])
  func `after a kill -9 of the gateway the next one publishes it`(greeting: MQTTDevice.Greeting) async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"]) { application in
        try await withMQTTDevice(gateway, "demo", greeting) { device in
          try await gateway.killed { _ in try await application.waitFor("devices/demo/up/gone will") }
          try await device.waitForEnd()
        }
        #expect(application.lines.count == 1)
      }
    }
  }

  @Test(arguments: [MQTTDevice.Greeting(will: will()), .lasting(will: will())])
  func `a gateway that stops publishes it once`(greeting: MQTTDevice.Greeting) async throws {
    try await withListener { gateway, application in
      try await withMQTTDevice(gateway, "demo", greeting) { device in
        gateway.process.signal(SIGTERM)
        #expect(try await device.next(.disconnect).reason == 0x8b)
        try await gateway.process.waitForExit()
      }
      try await gateway.killed { again in
        let words = try await heard(again, application)
        #expect(words == ["devices/demo/up/gone will"])
      }
    }
  }

  @Test func `a delay goes on after a kill -9, and a device that is back ends it`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"]) { application in
        try await withMQTTDevice(gateway, "demo", .lasting(will: Self.will(delay: 600))) { _ in
          let words = try await gateway.killed { try await heard($0, application, .lasting()) }
          #expect(words == [])
        }
      }
    }
  }
}
