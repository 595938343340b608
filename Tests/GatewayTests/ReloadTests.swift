import Foundation
import TestSupport
import Testing

/// devices.d changes while the gateway runs.
@Suite struct ReloadTests {
  @Test func `a new device can connect after SIGHUP`() async throws {
    try await withGateway { gateway in
      #expect(try await publish(gateway, identity: "new", key: key(1), ["-m", "x"]) != 0)
      try addDevice("new", key: key(1), in: gateway.devices)
      try await gateway.reload()
      #expect(try await publish(gateway, identity: "new", key: key(1), ["-m", "x", "-q", "1"]) == 0)
    }
  }

  /// Each way of losing a key.
  @Test(arguments: ["removed", "disabled", "another key"])
  func `a live connection ends when its key is no longer valid`(how: String) async throws {
    try await withGateway { gateway in
      try await withLinesDevice(gateway) { device in
        try device.write("x\n")
        try await gateway.process.waitForOutput("device connected")
        switch how {
        case "removed": try FileManager.default.removeItem(atPath: gateway.devices + "/demo.yaml")
        case "disabled": try addDevice("demo", "enabled: false", in: gateway.devices)
        default: try addDevice("demo", key: key(1), in: gateway.devices)
        }
        try await gateway.reload()
        try await device.waitForExit()
        try await gateway.process.waitForOutput("reason=revoked")
      }
    }
  }

  @Test func `a connection whose device did not change goes on`() async throws {
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/+/up", port: gateway.brokerPort) { subscriber in
        try await withLinesDevice(gateway) { device in
          try device.write("x\n")
          try await subscriber.waitForOutput(hex("x".utf8))
          try addDevice("new", key: key(1), in: gateway.devices)
          try await gateway.reload()
          try device.write("still here\n")
          try await subscriber.waitForOutput(hex("still here".utf8))
        }
      }
    }
  }

  @Test func `a broken file keeps its device as it was`() async throws {
    try await withGateway { gateway in
      try write("key: [", to: gateway.devices + "/demo.yaml")
      try await gateway.reload()
      #expect(gateway.process.errorOutput.contains("demo.yaml:2: error"))
      #expect(try await publish(gateway, ["-m", "x", "-q", "1"]) == 0)
    }
  }
}
