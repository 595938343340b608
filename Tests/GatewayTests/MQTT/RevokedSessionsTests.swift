import Foundation
import TestSupport
import Testing

/// A device that is taken away has no sessions any more.
@Suite struct RevokedSessionsTests {
  @Test(arguments: [true, false])
  func `its session is gone when the device is added again`(isConnected: Bool) async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await device.subscribe(to: "a")
        if !isConnected {
          try await device.disconnect()
          try await gateway.tell("devices/demo/down/a", "x")
        }
        try FileManager.default.removeItem(atPath: gateway.devices + "/demo.yaml")
        try await gateway.reload()
        if isConnected { #expect(try await device.next(.disconnect).reason == 0x98) }
        try await device.waitForEnd()
      }
      try addDevice("demo", in: gateway.devices)
      try await gateway.reload()
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        #expect(!device.connack.isSessionPresent)
        try await device.subscribe(to: "end")
        try await gateway.tell("devices/demo/down/end", "x")
        #expect(try await device.nextMessage().topic == "end")
      }
    }
  }

  @Test func `it is gone as well if the device is taken away while the gateway is`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await device.subscribe(to: "a")
        try await device.disconnect()
      }
      try FileManager.default.removeItem(atPath: gateway.devices + "/demo.yaml")
      try await gateway.killed { again in
        try addDevice("demo", in: again.devices)
        try await again.reload()
        try await withMQTTDevice(again, "demo", .lasting()) { device in
          #expect(!device.connack.isSessionPresent)
          try await device.ping()
        }
      }
    }
  }

  @Test func `a device that may hear less from now on hears less at once`() async throws {
    try await withMQTTGateway(devices: { try addVerbatim("demo", in: $0) }) { gateway in
      try await withMQTTDevice(gateway) { device in
        try await device.subscribe(to: "a")
        try await device.subscribe(to: "b")
        try addDevice("demo", key: key(), "topics: verbatim\nsubscribe: [b]", in: gateway.devices)
        try await gateway.reload()
        try await gateway.tell("a", "x")
        try await gateway.tell("b", "x")
        #expect(try await device.nextMessage().topic == "b")
      }
    }
  }
}
