import TestSupport
import Testing

/// Requests and responses (MQTT 5 §4.10), for devices whose topics are below their own.
@Suite struct ResponseTopicTests {
  @Test func `a command's response topic may be answered once`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["#"], format: "%t %p %D") { application in
        try await withMQTTDevice(gateway) { device in
          try await device.subscribe(to: "ask")
          let options = [
            "-V", "mqttv5", "-D", "publish", "response-topic", "app/answers", "-D", "publish", "correlation-data", "7",
          ]
          try await gateway.tell("devices/demo/down/ask", "x", options)
          let command = try await device.nextMessage()
          #expect(command.properties.contains(.responseTopic("app/answers")))
          try await device.publish("app/answers", "first", qos: 1, [.correlationData(Array("7".utf8))])
          try await device.publish("app/answers", "second")
        }
        try await application.waitFor("app/answers first 7")
        try await application.waitFor("devices/demo/up/app/answers second ")
        #expect(!application.lines.contains { $0.hasPrefix("app/answers second") })
      }
    }
  }

  @Test func `a command that has waited for its device may be answered, also over another connection`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["#"]) { application in
        try await withMQTTDevice(gateway, "demo", .lasting()) { device in
          try await device.subscribe(to: "ask/+")
          try await device.disconnect()
        }
        for number in 1...2 {
          try await gateway.tell(
            "devices/demo/down/ask/\(number)", "x",
            ["-V", "mqttv5", "-D", "publish", "response-topic", "app/answers/\(number)"])
        }
        try await withMQTTDevice(gateway, "demo", .lasting()) { device in
          for _ in 1...2 { _ = try await device.nextMessage() }
          try await device.publish("app/answers/1", "first")
          try await device.drop()
        }
        try await application.waitFor("app/answers/1 first")
        try await withMQTTDevice(gateway, "demo", .lasting()) { device in
          try await device.publish("app/answers/2", "second")
          try await device.publish("app/answers/1", "again")
        }
        try await application.waitFor("app/answers/2 second")
        try await application.waitFor("devices/demo/up/app/answers/1 again")
      }
    }
  }

  @Test func `mosquitto_rr asks a device, and has its answer`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway) { device in
        try await device.subscribe(to: "ask")
        let arguments = [
          "-h", "127.0.0.1", "-p", "\(gateway.brokerPort)", "-V", "mqttv5", "-t", "devices/demo/down/ask", "-e",
          "app/answers", "-m", "how much", "-q", "1",
        ]
        try await withProcess("stdbuf", ["-oL", "mosquitto_rr"] + arguments) { asker in
          let command = try await device.nextMessage()
          #expect(command.payload == "how much")
          try await device.publish("app/answers", "42", qos: 1, command.properties.filter { $0.id == 0x09 })
          try await asker.waitForOutput("42")
        }
      }
    }
  }

  @Test func `a device asks, and is answered below its own topic`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"], format: "%t %p %R") { application in
        try await withMQTTDevice(gateway) { device in
          try await device.subscribe(to: "answers/#")
          try await device.publish("ask", "x", qos: 1, [.responseTopic("answers/1")])
          try await application.waitFor("devices/demo/up/ask x devices/demo/down/answers/1")
          try await gateway.tell("devices/demo/down/answers/1", "42")
          #expect(try await device.nextMessage().summary == "answers/1 42 q1")
        }
      }
    }
  }

  @Test func `a verbatim device may name response topics that are open to it, and no others`() async throws {
    let lists = "topics: verbatim\npublish: [ask]\nsubscribe: [answers/%i]"
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), lists, in: $0) }) { gateway in
      try await withApplication(gateway, hears: ["ask"], format: "%p %R") { application in
        try await withMQTTDevice(gateway) { device in
          #expect(try await device.publish("ask", "no", qos: 1, [.responseTopic("answers/other")]) == 0x87)
          try await device.publish("ask", "yes", qos: 1, [.responseTopic("answers/demo")])
        }
        #expect(try await application.before("yes answers/demo") == [])
      }
    }
  }

  @Test func `another device's command does not open its response topic`() async throws {
    let add = { (devices: String) in
      try addDevice("one", key: key(1), in: devices)
      try addDevice("two", key: key(2), in: devices)
    }
    try await withMQTTGateway(devices: add) { gateway in
      try await withApplication(gateway, hears: ["#"]) { application in
        try await withMQTTDevice(gateway, "one", key: key(1)) { asked in
          try await asked.subscribe(to: "ask")
          try await gateway.tell(
            "devices/one/down/ask", "x", ["-V", "mqttv5", "-D", "publish", "response-topic", "app/answers"])
          _ = try await asked.nextMessage()
          try await withMQTTDevice(gateway, "two", key: key(2)) { other in
            try await other.publish("app/answers", "forged")
          }
          try await asked.publish("app/answers", "real")
        }
        try await application.waitFor("app/answers real")
        #expect(application.lines.contains("devices/two/up/app/answers forged"))
        #expect(!application.lines.contains("app/answers forged"))
      }
    }
  }
}
