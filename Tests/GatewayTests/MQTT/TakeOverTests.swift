import TestSupport
import Testing

/// The newer connection of a client wins (MQTT 5 §3.1.4-3).
@Suite struct TakeOverTests {
  @Test(arguments: [true, false])
  func `the older connection is told, and the newer one has the session`(sameID: Bool) async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { older in
        try await older.subscribe(to: "a")
        try await withMQTTDevice(gateway, "demo", .lasting(clientID: sameID ? nil : "another")) { newer in
          #expect(try await older.next(.disconnect).reason == 0x8e)
          try await older.waitForEnd()
          #expect(newer.connack.isSessionPresent == sameID)
          if !sameID { try await newer.subscribe(to: "a") }
          try await gateway.tell("devices/demo/down/a", "x")
          #expect(try await newer.nextMessage().summary == "a x q1")
        }
      }
    }
  }

  @Test func `a 3-1-1 device is cut off`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting(.v311)) { older in
        try await withMQTTDevice(gateway, "demo", .lasting(.v311)) { newer in
          try await older.waitForEnd()
          try await newer.ping()
          #expect(older.waiting(.disconnect).isEmpty)
        }
      }
    }
  }

  @Test func `client ids of one identity live side by side where they may, and each has its own session`() async throws
  {
    try await withMQTTGateway(
      devices: { try addDevice("demo", key: key(), "sessions: per-client-id", in: $0) }
    ) { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting(clientID: "a")) { first in
        try await withMQTTDevice(gateway, "demo", .lasting(clientID: "b")) { second in
          try await first.subscribe(to: "x")
          try await second.subscribe(to: "x")
          try await withMQTTDevice(gateway, "demo", .lasting(clientID: "a")) { third in
            #expect(try await first.next(.disconnect).reason == 0x8e)
            #expect(third.connack.isSessionPresent)
            try await gateway.tell("devices/demo/down/x", "x")
            #expect(try await second.nextMessage().payload == "x")
            #expect(try await third.nextMessage().payload == "x")
          }
        }
      }
    }
  }

  @Test(arguments: zip(MQTTVersion.allCases, [UInt8(3), 0x97]))
  func `no more client ids than an identity may have come in`(version: MQTTVersion, code: UInt8) async throws {
    let lines = "sessions: per-client-id\nmax_sessions: 1"
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), lines, in: $0) }) { gateway in
      try await withMQTTDevice(gateway, "demo", .init(version: version, clientID: "a")) { first in
        try await withMQTTDevice(gateway, "demo", .init(version: version, clientID: "b")) { second in
          #expect(second.connack.reason == code)
          try await second.waitForEnd()
        }
        try await first.ping()
      }
    }
  }

  @Test func `no message is lost or doubled in a row of take-overs`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await device.subscribe(to: "#", 2)
        try await device.disconnect()
      }
      var heard: [String] = []
      for number in 0..<5 {
        try await gateway.tell("devices/demo/down/\(number)", "x", qos: 2)
        try await withMQTTDevice(gateway, "demo", .lasting()) { older in
          heard.append(try await older.nextMessage().topic)
          try await withMQTTDevice(gateway, "demo", .lasting()) { newer in
            try await older.waitForEnd()
            try await newer.disconnect()
          }
        }
      }
      #expect(heard == (0..<5).map(String.init))
    }
  }

  @Test func `the will of the older one is said, unless it waits and the session goes on`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"]) { application in
        let now = MQTTMessage(topic: "now", payload: "x")
        let later = MQTTMessage(topic: "later", payload: "x", properties: [.willDelay(600)])
        try await withMQTTDevice(gateway, "demo", .lasting(will: now)) { first in
          try await withMQTTDevice(gateway, "demo", .lasting(will: later)) { second in
            try await first.waitForEnd()
            try await withMQTTDevice(gateway, "demo", .lasting()) { third in
              try await second.waitForEnd()
              try await third.publish("end", "x")
            }
          }
        }
        #expect(try await application.before("devices/demo/up/end x") == ["devices/demo/up/now x"])
      }
    }
  }
}
