import Foundation
import TestSupport
import Testing

/// Two keys under one identity, for firmware that cannot change its identity.
@Suite struct SameIdentityTests {
  @Test func `with TLS 1.2 the first attempt with the new key fails, and the next succeeds`() async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway, "--same-identity")
      #expect(new.identity == "demo")
      #expect(try await isLetIn(gateway, "-tls1_2"))
      #expect(try await !isLetIn(gateway, key: new.key, "-tls1_2"))
      #expect(try await isLetIn(gateway, key: new.key, "-tls1_2"))
      try await finishedFile(of: "demo", new, at: gateway)
      #expect(try await isLetIn(gateway, key: new.key, "-tls1_2"))
      for _ in 0..<3 { #expect(try await !isLetIn(gateway, "-tls1_2")) }
    }
  }

  @Test func `with TLS 1.3 no attempt fails`() async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway, "--same-identity")
      #expect(try await isLetIn(gateway, "-tls1_3"))
      #expect(try await !isLetIn(gateway, key: key(1), "-tls1_3"))
      #expect(try await isLetIn(gateway, "-tls1_3"))
      #expect(try await isLetIn(gateway, key: new.key, "-tls1_3"))
      try await finishedFile(of: "demo", new, at: gateway)
      #expect(try await !isLetIn(gateway, "-tls1_3"))
    }
  }

  /// The first group is one that the server refuses, so it asks for another ClientHello.
  @Test func `no attempt fails after a HelloRetryRequest either`() async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway, "--same-identity")
      for (number, key) in [key(), new.key].enumerated() {
        let options = ["-tls1_3", "-groups", "ffdhe2048:X25519", "-msg"]
        try await withLinesDevice(gateway, key: key, options) { device in
          try device.write("x\n")
          try await eventually("a connection") {
            gateway.process.errorOutput.components(separatedBy: "device connected").count > number + 1
          }
          #expect(device.output.components(separatedBy: "ClientHello").count == 3, "\(device.output)")
        }
      }
      try await finishedFile(of: "demo", new, at: gateway)
    }
  }

  @Test func `the connection that finishes it stays open, others with the old key end`() async throws {
    try await withGateway(devices: { try addDevice("demo", "sessions: per-client-id", in: $0) }) { gateway in
      try await withSubscriber(to: "devices/demo/up", port: gateway.brokerPort) { subscriber in
        let new = try await rotate("demo", at: gateway, "--same-identity")
        try await withLinesDevice(gateway) { old in
          try old.write("old\n")
          try await subscriber.waitForOutput(hex("old".utf8))
          try await withLinesDevice(gateway, key: new.key) { device in
            try device.write("new\n")
            try await subscriber.waitForOutput(hex("new".utf8))
            try await old.waitForExit()
            try await finishedFile(of: "demo", new, at: gateway)
            try device.write("still here\n")
            try await subscriber.waitForOutput(hex("still here".utf8))
          }
        }
      }
    }
  }

  @Test func `who knows neither key cannot keep the device out`() async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway, "--same-identity")
      // From the same address, before each attempt of the device: every second one succeeds on average.
      for device in [key(), new.key] {
        try await eventually("the device is let in") {
          _ = try await isLetIn(gateway, key: key(7), "-tls1_2")
          return try await isLetIn(gateway, key: device, "-tls1_2")
        }
      }
      try await finishedFile(of: "demo", new, at: gateway)
    }
  }

  @Test func `failures from another address change nothing`() async throws {
    try await withGateway { gateway in
      _ = try await rotate("demo", at: gateway, "--same-identity")
      #expect(try await !isLetIn(gateway, key: key(7), "-tls1_2", ["-bind", "127.0.0.2:0"]))
      #expect(try await isLetIn(gateway, "-tls1_2"))
    }
  }

  /// Whether a device is let in with `key`, in one attempt.
  private func isLetIn(
    _ gateway: RunningGateway, key digits: String = key(), _ version: String, _ options: [String] = []
  ) async throws -> Bool {
    let arguments = [
      "s_client", "-brief", version, "-connect", gateway.address, "-psk_identity", "demo", "-psk", digits,
    ]
    return try await run("openssl", arguments + options, input: "x\n").status == 0
  }
}
