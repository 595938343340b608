import Foundation
import TestSupport
import Testing

/// Keys at rest are encrypted, and devices connect as ever.
@Suite struct SealedKeysTests {
  /// Each way to give the master key.
  @Test(arguments: ["setting", "variable with the path", "variable with the key", "credential", "credential's path"])
  func `a device connects with an encrypted key`(way: String) async throws {
    try await withFleet { fleet in
      let master = try await fleet.makeMasterKey()
      try await fleet.gwctl("encrypt-keys", "--all", "--master-key-file", master)
      try #expect(!fleet.text("demo.yaml").contains(key()) && !fleet.text("fleet.psk").contains(key(1)))
      let digits = try String(contentsOfFile: master, encoding: .utf8).split(separator: "\n").last ?? ""
      try write(String(digits), to: fleet.directory + "/master-key", mode: 0o440)
      let (configuration, environment): (String, [String: String]) =
        switch way {
        case "setting": ("devices:\n  master_key_file: \(master)\n", [:])
        case "variable with the path": ("", ["GATEWAY_DEVICES_MASTER_KEY_FILE": master])
        case "variable with the key": ("", ["GATEWAY_MASTER_KEY": String(digits)])
        case "credential": ("", ["CREDENTIALS_DIRECTORY": fleet.directory])
        default:
          (
            "",
            [
              "CREDENTIALS_DIRECTORY": fleet.directory,
              "GATEWAY_DEVICES_MASTER_KEY_FILE": fleet.directory + "/master-key",
            ]
          )
        }
      try await withGateway(devices: fleet.copy, configuration: configuration, environment: environment) { gateway in
        for version in ["tlsv1.2", "tlsv1.3"] {
          let options = ["--tls-version", version, "-m", "x", "-q", "1"]
          #expect(try await publish(gateway, options) == 0)
          #expect(try await publish(gateway, identity: "two", key: key(1), options) == 0)
          #expect(try await publish(gateway, identity: "two", key: key(2), options) != 0)
        }
        let variables = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(gateway.process.id)/environ"))
        #expect(!String(decoding: variables, as: UTF8.self).contains(digits))
        #expect(!gateway.process.errorOutput.contains(digits))
      }
    }
  }

  @Test func `keys are encrypted, and master keys exchanged, while a device stays connected`() async throws {
    try await withFleet { fleet in
      let master = try await fleet.makeMasterKey()
      let configuration = "devices:\n  master_key_file: \(master)\n"
      try await withGateway(devices: fleet.copy, configuration: configuration) { gateway in
        let running = Fleet(
          directory: fleet.directory, devices: gateway.devices, control: gateway.state + "/control.sock")
        try await withLinesDevice(gateway) { device in
          try device.write("x\n")
          try await gateway.process.waitForOutput("device connected")
          try await running.gwctl("encrypt-keys", "--all", "--master-key-file", master)
          try await running.gwctl("make-master-key", master, "--add")
          let again = try await running.gwctl("encrypt-keys", "--all", "--master-key-file", master, "--json")
          #expect(again.output.contains("\"reencrypted\" : 2"))
          // The first lines are the new key's: the old one goes.
          let lines = try String(contentsOfFile: master, encoding: .utf8).split(separator: "\n")
          // In one step: the gateway may be reading it.
          try write(lines.prefix(2).joined(separator: "\n"), to: master + ".new")
          #expect(unsafe rename(master + ".new", master) == 0)
          try await gateway.reload()
          #expect(try await publish(gateway, identity: "two", key: key(1), ["-m", "x", "-q", "1"]) == 0)
          #expect(device.exitStatus == nil)
        }
        // Beside many others it may find no inotify instance left, and looks at the files every second.
        let errors = gateway.process.errorOutput.split(separator: "\n").filter { $0.contains(" error ") }
        #expect(errors.allSatisfy { $0.contains("devices cannot be followed") })
      }
    }
  }

  @Test func `a wrong master key is status 78 and one line`() async throws {
    try await withFleet { fleet in
      try await fleet.gwctl("encrypt-keys", "--all", "--master-key-file", try await fleet.makeMasterKey())
      let wrong = try await fleet.makeMasterKey("wrong.key")
      let arguments = ["--devices", fleet.devices, "--state", fleet.directory + "/state", "--listen", "127.0.0.1:0"]
      for check in [[], ["--check"]] {
        let ended = try await run(
          try builtProduct("gatewayd"), arguments + check, environment: ["GATEWAY_DEVICES_MASTER_KEY_FILE": wrong])
        #expect(ended.status == 78)
        let lines = ended.errorOutput.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].contains("are encrypted under master key"), "\(ended.errorOutput)")
      }
    }
  }

  @Test func `a master key that others can read is status 78`() async throws {
    try await withFleet { fleet in
      let master = try await fleet.makeMasterKey()
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: master)
      let ended = try await run(
        try builtProduct("gatewayd"), ["--devices", fleet.devices, "--check"],
        environment: ["GATEWAY_DEVICES_MASTER_KEY_FILE": master])
      #expect(ended.status == 78)
      #expect(ended.errorOutput.contains("others may read or write it (mode 0644): chmod 600 it"))
    }
  }

  @Test func `a reload with a master key that is gone keeps what was running`() async throws {
    try await withFleet { fleet in
      let master = try await fleet.makeMasterKey()
      try await fleet.gwctl("encrypt-keys", "--all", "--master-key-file", master)
      let configuration = "devices:\n  master_key_file: \(master)\n"
      try await withGateway(devices: fleet.copy, configuration: configuration) { gateway in
        try FileManager.default.removeItem(atPath: master)
        gateway.process.signal(SIGHUP)
        try await gateway.process.waitForOutput("reload failed, what was running goes on")
        #expect(try await publish(gateway, ["-m", "x", "-q", "1"]) == 0)
      }
    }
  }
}

/// The master key, and a key that was decrypted, are no longer in memory when they are not needed.
@Suite(.enabled(if: !Sanitizer.isPresent, "\(MemoryImage.sanitizerHint)")) struct SealedKeyMemoryTests {
  @Test func `neither the master key nor a removed device's key is in memory`() async throws {
    try await withFleet { fleet in
      let master = try await fleet.makeMasterKey()
      try await fleet.gwctl("encrypt-keys", "--all", "--master-key-file", master)
      let digits = try String(contentsOfFile: master, encoding: .utf8).split(separator: "\n").last.map(Array.init) ?? []
      let text = digits.map(String.init).joined()
      let masterBytes = stride(from: 0, to: text.count, by: 2).compactMap {
        UInt8(text.dropFirst($0).prefix(2), radix: 16)
      }
      let configuration = "devices:\n  master_key_file: \(master)\n"
      try await withGateway(devices: fleet.copy, configuration: configuration) { gateway in
        let running = Fleet(
          directory: fleet.directory, devices: gateway.devices, control: gateway.state + "/control.sock")
        #expect(masterBytes.count == 32)
        #expect(try await publish(gateway, ["-m", "x", "-q", "1"]) == 0)
        #expect(try MemoryImage(reading: gateway.process.id).contains(keyBytes()))
        try await running.gwctl("remove-device", "demo", "--master-key-file", master)
        try await eventually("memory without the keys", within: .seconds(20)) {
          let image = try MemoryImage(reading: gateway.process.id)
          return ![masterBytes, Array(text.utf8), keyBytes(), Array(key().utf8)].contains { image.contains($0) }
        }
      }
    }
  }

  private func keyBytes() -> [UInt8] {
    stride(from: 0, to: 32, by: 2).compactMap { UInt8(key().dropFirst($0).prefix(2), radix: 16) }
  }
}

/// A devices.d with a device of its own and a bundle, and gwctl for it.
private struct Fleet: Sendable {
  let directory: String
  let devices: String
  var control = "/nonexistent"

  /// Runs gwctl, which must succeed.
  @discardableResult func gwctl(_ arguments: String...) async throws -> Outcome {
    let outcome = try await run(
      try builtProduct("gwctl"), ["--devices", devices, "--control", control] + arguments)
    #expect(outcome.status == 0, "\(outcome.errorOutput)")
    return outcome
  }

  /// Makes a master key.
  func makeMasterKey(_ name: String = "master.key") async throws -> String {
    try await gwctl("make-master-key", "\(directory)/\(name)")
    return "\(directory)/\(name)"
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(devices)/\(name)", encoding: .utf8) }

  /// Puts its files into another devices.d.
  func copy(to other: String) throws {
    for name in ["demo.yaml", "fleet.psk"] { try write(try text(name), to: "\(other)/\(name)") }
  }
}

private func withFleet(_ body: (Fleet) async throws -> Void) async throws {
  try await withTemporaryDirectory { directory in
    let devices = directory + "/devices.d"
    try FileManager.default.createDirectory(
      atPath: devices, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try addDevice("demo", in: devices)
    try write("two:\(key(1))\n", to: devices + "/fleet.psk")
    try await body(Fleet(directory: directory, devices: devices))
  }
}

/// What the doctor learns from a running gateway.
@Suite struct DoctorTests {
  @Test func `a device that connects with an old suite is found`() async throws {
    try await withGateway(configuration: "tls:\n  suites: constrained\n") { gateway in
      try await withLinesDevice(gateway, ["-tls1_2", "-cipher", "PSK-AES128-CCM8"]) { device in
        try device.write("x\n")
        try await gateway.process.waitForOutput("device connected")
      }
      let options = ["--devices", gateway.devices, "--control", gateway.state + "/control.sock"]
      try await eventually("the finding") {
        try await run(try builtProduct("gwctl"), options + ["doctor", "--json"]).output.contains("old_suite")
      }
      let table = try await run(try builtProduct("gwctl"), options + ["doctor"])
      #expect(table.status == 1)
      #expect(table.output.contains("connects with PSK-AES128-CCM8, which has no forward secrecy"))
      let why = try await run(
        "bash", ["-c", "\(try builtProduct("gwctl")) \(options.joined(separator: " ")) why demo"])
      #expect(why.status == 0, "\(why.errorOutput)")
    }
  }
}
