import TestSupport
import Testing

/// How large a payload of a device may be is in its record.
@Suite struct PayloadQuotaTests {
  @Test(arguments: [UInt8(1), 2])
  func `a larger payload is refused, and the session goes on`(qos: UInt8) async throws {
    let quota = "quota: {payload_bytes: 4}"
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), quota, in: $0) }) { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"]) { application in
        try await withMQTTDevice(gateway) { device in
          let codes = [
            try await device.publish("a", "large", qos: qos), try await device.publish("a", "fits", qos: qos),
          ]
          #expect(codes == [0x97, 0])
        }
        #expect(try await application.before("devices/demo/up/a fits") == [])
      }
    }
  }

  @Test func `a will may not be larger either`() async throws {
    let quota = "quota: {payload_bytes: 4}"
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), quota, in: $0) }) { gateway in
      let will = MQTTMessage(topic: "gone", payload: "large")
      try await withMQTTDevice(gateway, "demo", .init(will: will)) { device in
        #expect(device.connack.reason >= 0x80)
        try await device.waitForEnd()
      }
    }
  }
}
