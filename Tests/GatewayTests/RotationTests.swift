import Foundation
import TestSupport
import Testing

/// A device gets another key while it lives.
@Suite struct RotationTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `the old key lives until the device connects with the new one`(version: String) async throws {
    // Shared, so that a newer connection does not take over from an older.
    try await withGateway(devices: { try addDevice("demo", "sessions: per-client-id", in: $0) }) { gateway in
      try await withSubscriber(to: "devices/demo/up", port: gateway.brokerPort) { subscriber in
        let new = try await rotate("demo", at: gateway)
        #expect(new.identity.hasPrefix("demo~"))
        try await withLinesDevice(gateway, [version]) { old in
          try old.write("from the old\n")
          try await subscriber.waitForOutput(hex("from the old".utf8))
          try await withLinesDevice(gateway, identity: new.identity, key: new.key, [version]) { device in
            try device.write("from the new\n")
            try await subscriber.waitForOutput(hex("from the new".utf8))
            try await old.waitForExit()
            try await gateway.process.waitForOutput("reason=revoked")
            try await finishedFile(of: "demo", new, at: gateway)
            #expect(try await publish(gateway, ["-m", "x"]) != 0)
            // All this while the connection that finished it is open.
            try device.write("still here\n")
            try await subscriber.waitForOutput(hex("still here".utf8))
          }
        }
      }
      #expect(try await statuses(at: gateway).isEmpty)
    }
  }

  @Test func `that it is finished is told to who watches and who asks`() async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway)
      try await gateway.watching { watcher in
        #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
        try await watcher.waitForOutput(#""type":"rotation_finished""#)
      }
      let why = try await gwctl(gateway, "why", "demo", "--json")
      #expect(why.output.replacing(" ", with: "").contains(#""next_key":true"#))
    }
  }

  @Test func `everything else in the file stays, and nobody else can read it`() async throws {
    let text = "# mine\nkey: \"\(key())\" # random\nlabels: {site: north}\n"
    try await withGateway(devices: { try write(text, to: $0 + "/demo.yaml") }) { gateway in
      try FileManager.default.setAttributes(
        [.ownerAccountID: 12345, .groupOwnerAccountID: 12345], ofItemAtPath: gateway.devices)
      let new = try await rotate("demo", at: gateway)
      #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
      try await finishedFile(of: "demo", new, at: gateway)
      let path = gateway.devices + "/demo.yaml"
      let after = "# mine\nidentity: \"\(new.identity)\"\nkey: \"\(new.key)\" # random\nlabels: {site: north}\n"
      #expect(try String(contentsOfFile: path, encoding: .utf8) == after)
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(attributes[.ownerAccountID] as? Int == 12345)
    }
  }

  @Test func `a compromised key is dead at once`() async throws {
    try await withGateway { gateway in
      try await withLinesDevice(gateway) { device in
        try device.write("x\n")
        try await gateway.process.waitForOutput("device connected")
        let new = try await rotate("demo", at: gateway, "--now")
        try await device.waitForExit()
        try await gateway.process.waitForOutput("reason=revoked")
        #expect(try await publish(gateway, ["-m", "x"]) != 0)
        #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
      }
    }
  }

  @Test func `an entry of a bundle is rotated`() async throws {
    try await withGateway(devices: { try write("other:\(key(1))\ndemo:\(key())\n", to: $0 + "/f.psk") }) { gateway in
      let new = try await rotate("demo", at: gateway)
      #expect(try await publish(gateway, ["-m", "x", "-q", "1"]) == 0)
      #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
      try await finishedFile(of: "demo", new, at: gateway)
      try await eventually("the old key is refused") { try await publish(gateway, ["-m", "x"]) != 0 }
      #expect(try await publish(gateway, identity: "other", key: key(1), ["-m", "x", "-q", "1"]) == 0)
      #expect(try String(contentsOfFile: gateway.devices + "/f.psk", encoding: .utf8) == "other:\(key(1))\n")
    }
  }

  @Test func `those who have not moved are listed, and finished by hand`() async throws {
    let add = { (devices: String) in for number in 0..<3 { try addDevice("d\(number)", key: key(number), in: devices) }
    }
    try await withGateway(devices: add) { gateway in
      var keys: [NewKey] = []
      for number in 0..<3 { keys.append(try await rotate("d\(number)", at: gateway)) }
      #expect(try await publish(gateway, identity: keys[1].identity, key: keys[1].key, ["-m", "x", "-q", "1"]) == 0)
      try await finishedFile(of: "d1", keys[1], at: gateway)
      #expect(try await statuses(at: gateway).map { $0["id"] as? String } == ["d0", "d2"])
      #expect(try await gwctl(gateway, "rotation", "finish", "d2").status == 1)
      #expect(try await gwctl(gateway, "rotation", "finish", "d2", "--force").status == 0)
      #expect(try await publish(gateway, identity: "d2", key: key(2), ["-m", "x"]) != 0)
      #expect(try await publish(gateway, identity: keys[2].identity, key: keys[2].key, ["-m", "x", "-q", "1"]) == 0)
      #expect(try await publish(gateway, identity: "d0", key: key(), ["-m", "x", "-q", "1"]) == 0)
      #expect(try await gwctl(gateway, "rotation", "cancel", "d0").status == 0)
      #expect(try await publish(gateway, identity: keys[0].identity, key: keys[0].key, ["-m", "x"]) != 0)
    }
  }

  /// Several times, for what the gateway was about to do when it was killed is chance.
  @Test(arguments: 0..<5) func `a kill in the middle leaves a device that works with the new key`(_: Int) async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway)
      async let moved = publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"])
      try await gateway.process.waitForOutput("rotation finished")
      try await gateway.restarted { gateway in
        #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
        try await finishedFile(of: "demo", new, at: gateway)
        try await eventually("the old key is refused") { try await publish(gateway, ["-m", "x"]) != 0 }
      }
      _ = try await moved
    }
  }

  @Test func `somebody else's change of the file wins`() async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway)
      let again = try await rotate("demo", at: gateway, "--now")
      #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x"]) != 0)
      #expect(try await publish(gateway, identity: again.identity, key: again.key, ["-m", "x", "-q", "1"]) == 0)
      #expect(again.identity != new.identity)
    }
  }

  @Test func `the old key is nowhere in memory once the device has moved`() async throws {
    try await withGateway { gateway in
      let new = try await rotate("demo", at: gateway)
      try await withLinesDevice(gateway, identity: new.identity, key: new.key) { device in
        try device.write("x\n")
        try await finishedFile(of: "demo", new, at: gateway)
        let old = try hexBytes(key())
        try await eventually("memory without the old key", within: .seconds(20)) {
          try !MemoryImage(reading: gateway.process.id).contains(old)
        }
        #expect(device.exitStatus == nil)
      }
    }
  }
}
