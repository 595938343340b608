import Foundation
import Platform
import TestSupport
import Testing

/// Changes of devices.d count by themselves, without SIGHUP and without `gwctl reload`.
@Suite struct LiveDirectoryTests {
  @Test func `a device whose file is renamed into the directory can connect`() async throws {
    try await withGateway { gateway in
      try await expectRefused("new", key(1), by: gateway)
      try put("key: \"\(key(1))\"\n", "new.yaml", in: gateway)
      try await expectAccepted("new", key(1), by: gateway)
    }
  }

  @Test func `a device whose file was written in place, piece by piece, can connect`() async throws {
    try await withGateway { gateway in
      let path = gateway.devices + "/new.yaml"
      try await withProcess("sh", ["-c", "umask 077; exec cat > \"$1\"", "sh", path]) { writer in
        try writer.write("key: \"\(key(1).prefix(5))")
        try await eventually("half a file") { (try? Data(contentsOf: URL(filePath: path)).count) == 11 }
        // What comes after the half file counts, so the half file has been heard of.
        try put("key: \"\(key(2))\"\n", "other.yaml", in: gateway)
        try await expectAccepted("other", key(2), by: gateway)
        try writer.write("\(key(1).dropFirst(5))\"\n")
        try writer.closeInput()
        try await writer.waitForExit()
      }
      try await expectAccepted("new", key(1), by: gateway)
      #expect(!gateway.process.errorOutput.contains("new.yaml:"))
    }
  }

  @Test func `an entry that is added to a bundle can connect`() async throws {
    try await withGateway(devices: { try write("a:\(key(1))\n", to: $0 + "/fleet.psk") }) { gateway in
      try put("a:\(key(1))\nb:\(key(2))\n", "fleet.psk", in: gateway)
      try await expectAccepted("b", key(2), by: gateway)
      try await expectAccepted("a", key(1), by: gateway)
    }
  }

  @Test func `what a connected device may send changes at once`() async throws {
    let record = "key: \"\(key())\"\nprotocol: lines\n"
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/demo/up", port: gateway.brokerPort) { subscriber in
        try put(record, "demo.yaml", in: gateway)
        try await withLinesDevice(gateway) { device in
          try device.write("long enough\n")
          try await subscriber.waitForOutput(hex("long enough".utf8))
          try put(record + "quota: {payload_bytes: 5}\n", "demo.yaml", in: gateway)
          try await eventually("a long line is no longer taken") {
            try device.write("too long\n")
            return gateway.process.errorOutput.contains("message refused")
          }
          try device.write("short\n")
          try await subscriber.waitForOutput(hex("short".utf8))
          #expect(device.exitStatus == nil)
        }
      }
    }
  }

  /// What revokes a device that is connected from 127.0.0.1 with TLS 1.3; nil: its file is removed.
  static let revocations: [(name: String, lines: String?)] = [
    ("removed", nil), ("disabled", "key: \"\(key())\"\nenabled: false\n"), ("another key", "key: \"\(key(1))\"\n"),
    ("another identity", "key: \"\(key())\"\nidentity: x\n"), ("another version", "key: \"\(key())\"\ntls: \"1.2\"\n"),
    ("another place", "key: \"\(key())\"\nfrom: [192.0.2.0/24]\n"),
  ]

  @Test(arguments: revocations)
  func `a live connection is closed at once`(name: String, lines: String?) async throws {
    try await withGateway { gateway in
      try await withStatus("devices/demo/status", port: gateway.brokerPort) { status in
        try await withLinesDevice(gateway, ["-tls1_3"]) { device in
          try device.write("x\n")
          _ = try await status.next { $0["online"] as? Bool == true }
          if let lines {
            try put(lines, "demo.yaml", in: gateway)
          } else {
            try FileManager.default.removeItem(atPath: gateway.devices + "/demo.yaml")
          }
          try await device.waitForExit()
          let offline = try await status.next { $0["online"] as? Bool == false }
          #expect(offline["reason"] as? String == "revoked")
        }
      }
    }
  }

  @Test func `a change that leaves a device its key leaves it its connection`() async throws {
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/+/up", port: gateway.brokerPort) { subscriber in
        try await withLinesDevice(gateway) { device in
          try device.write("x\n")
          try await subscriber.waitForOutput(hex("x".utf8))
          try put("key: \"\(key())\"\nlabels: {site: north}\n", "demo.yaml", in: gateway)
          try await gateway.process.waitForOutput("device.id=demo devices=1")
          try device.write("still here\n")
          try await subscriber.waitForOutput(hex("still here".utf8))
        }
      }
    }
  }

  @Test func `a broken file takes nobody down, is reported once, and told of when it is mended`() async throws {
    try await withGateway { gateway in
      try put("key: [\n", "demo.yaml", in: gateway)
      try await gateway.process.waitForOutput("demo.yaml:2: error")
      try put("key: \"\(key(1))\"\n", "other.yaml", in: gateway)
      try await expectAccepted("other", key(1), by: gateway)
      try await expectAccepted("demo", key(), by: gateway)
      try put("key: \"\(key(2))\"\n", "demo.yaml", in: gateway)
      try await expectAccepted("demo", key(2), by: gateway)
      try await gateway.process.waitForOutput("no errors any more path=\(gateway.devices)/demo.yaml")
      #expect(gateway.process.errorOutput.components(separatedBy: "demo.yaml:2: error").count == 2)
    }
  }

  @Test func `a file that others may read counts once it is private`() async throws {
    try await withGateway { gateway in
      try write("key: \"\(key(1))\"\n", to: gateway.devices + "/new.yaml", mode: 0o644)
      try await gateway.process.waitForOutput("new.yaml:1: error: is readable by others")
      try FileMode.set(0o600, of: gateway.devices + "/new.yaml")
      try await expectAccepted("new", key(1), by: gateway)
    }
  }

  @Test(arguments: ["renamed away", "removed"])
  func `a directory that is made anew is followed`(how: String) async throws {
    try await withGateway { gateway in
      if how == "removed" {
        try FileManager.default.removeItem(atPath: gateway.devices)
      } else {
        try FileManager.default.moveItem(atPath: gateway.devices, toPath: gateway.devices + ".old")
      }
      try await gateway.process.waitForOutput("devices cannot be followed")
      try FileManager.default.createDirectory(
        atPath: gateway.devices, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try put("key: \"\(key(1))\"\n", "new.yaml", in: gateway)
      try await expectAccepted("new", key(1), by: gateway)
      try put("key: \"\(key(2))\"\n", "newer.yaml", in: gateway)
      try await expectAccepted("newer", key(2), by: gateway)
      try await expectRefused("demo", key(), by: gateway)
    }
  }

  @Test func `a link to the directory that leads to another one is followed`() async throws {
    try await withTemporaryDirectory { place in
      for number in 1...2 {
        try FileManager.default.createDirectory(
          atPath: "\(place)/\(number)", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try addDevice("d\(number)", key: key(number), in: "\(place)/\(number)")
      }
      try FileManager.default.createSymbolicLink(atPath: place + "/devices.d", withDestinationPath: "1")
      try await withGateway(configuration: "", directory: place + "/devices.d") { gateway in
        try await expectAccepted("d1", key(1), by: gateway)
        try FileManager.default.createSymbolicLink(atPath: place + "/new", withDestinationPath: "2")
        try rename(place + "/new", place + "/devices.d")
        try await expectAccepted("d2", key(2), by: gateway)
        try await expectRefused("d1", key(1), by: gateway)
      }
    }
  }

  /// As Kubernetes mounts secrets: every file is a link by way of a directory that is exchanged.
  @Test func `a file that is a link counts when its way leads elsewhere`() async throws {
    let add: (String) throws -> Void = { devices in
      for number in 1...2 {
        let version = "\(devices)/..\(number)"
        try FileManager.default.createDirectory(
          atPath: version, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try addDevice("demo", key: key(number), in: version)
      }
      try FileManager.default.createSymbolicLink(atPath: devices + "/..data", withDestinationPath: "..1")
      try FileManager.default.createSymbolicLink(
        atPath: devices + "/demo.yaml", withDestinationPath: "..data/demo.yaml")
    }
    try await withGateway(devices: add) { gateway in
      try await expectAccepted("demo", key(1), by: gateway)
      try FileManager.default.createSymbolicLink(atPath: gateway.devices + "/..new", withDestinationPath: "..2")
      try rename(gateway.devices + "/..new", gateway.devices + "/..data")
      try await expectAccepted("demo", key(2), by: gateway)
    }
  }

  @Test func `5,000 files at once become a few tables`() async throws {
    try await withGateway { gateway in
      let source = gateway.devices + ".new"
      try FileManager.default.createDirectory(
        atPath: source, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      for number in 0..<5000 { try write("key: \"\(key(number))\"\n", to: "\(source)/d\(number).yaml") }
      let copied = try await run("cp", ["-rpT", source, gateway.devices])
      #expect(copied.status == 0)
      try await gateway.process.waitForOutput("devices=5001")
      for number in [0, 2500, 4999] { try await expectAccepted("d\(number)", key(number), by: gateway) }
      #expect(gateway.process.errorOutput.components(separatedBy: "devices changed").count < 200)
    }
  }

  @Test func `a directory that cannot be read leaves what runs`() async throws {
    try await withGateway { gateway in
      try FileManager.default.moveItem(atPath: gateway.devices, toPath: gateway.devices + ".old")
      try await gateway.process.waitForOutput("devices cannot be followed")
      gateway.process.signal(SIGHUP)
      try await gateway.process.waitForOutput("reload failed")
      try await expectAccepted("demo", key(), by: gateway)
      try FileManager.default.moveItem(atPath: gateway.devices + ".old", toPath: gateway.devices)
      try await gateway.process.waitForOutput("devices are followed again")
      try await expectAccepted("demo", key(), by: gateway)
    }
  }
}

/// Renames a whole file into the gateway's directory.
private func put(_ text: String, _ name: String, in gateway: RunningGateway) throws {
  let path = gateway.state + "/\(name)"
  try write(text, to: path)
  try rename(path, "\(gateway.devices)/\(name)")
}

private func rename(_ old: String, _ new: String) throws {
  guard unsafe Foundation.rename(old, new) == 0 else { throw SystemError("rename \(old)") }
}

private func expectAccepted(_ identity: String, _ key: String, by gateway: RunningGateway) async throws {
  try await eventually("\(identity) can connect") {
    try await publish(gateway, identity: identity, key: key, ["-m", "x", "-q", "1"]) == 0
  }
}

private func expectRefused(_ identity: String, _ key: String, by gateway: RunningGateway) async throws {
  try await eventually("\(identity) is refused") {
    try await publish(gateway, identity: identity, key: key, ["-m", "x", "-q", "1"]) != 0
  }
}
