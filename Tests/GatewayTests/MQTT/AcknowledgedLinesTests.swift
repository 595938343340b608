import TestSupport
import Testing

/// A lines device whose record has `ack: true` is told what became of its lines.
@Suite struct AcknowledgedLinesTests {
  @Test func `each line is answered OK with its number, once the broker has it`() async throws {
    try await withGateway(devices: { try addDevice("demo", key: key(), "ack: true", in: $0) }) { gateway in
      try await withSubscriber(to: "devices/demo/up", port: gateway.brokerPort, format: "%p") { subscriber in
        try await withLinesDevice(gateway) { device in
          try device.write("hello\n")
          try await device.waitForOutput("OK 1\n")
          #expect(subscriber.output.contains("hello") || subscriber.exitStatus == nil)
          try device.write("more\nand more\n")
          try await device.waitForOutput("OK 2\nOK 3\n")
          #expect(device.output == "OK 1\nOK 2\nOK 3\n")
        }
      }
    }
  }

  @Test func `a line that is too large for the device's quota is answered ERR`() async throws {
    let lines = "ack: true\nquota: {payload_bytes: 8}"
    try await withGateway(devices: { try addDevice("demo", key: key(), lines, in: $0) }) { gateway in
      try await withLinesDevice(gateway) { device in
        try device.write("much too large\n")
        try await device.waitForOutput("ERR ")
        try device.write("short\n")
        try await device.waitForOutput("OK 2\n")
      }
    }
  }

  @Test func `without ack nothing is answered`() async throws {
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/demo/up", port: gateway.brokerPort, format: "%p") { subscriber in
        try await withLinesDevice(gateway) { device in
          try device.write("hello\n")
          try await subscriber.waitForOutput("hello")
          #expect(device.output == "")
        }
      }
    }
  }
}
