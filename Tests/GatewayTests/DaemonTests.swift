import Foundation
import TestSupport
import Testing

/// gatewayd's arguments, exit statuses and what operators see.
@Suite struct DaemonTests {
  @Test func `an unknown option is status 64`() async throws {
    #expect(try await gatewayd("--nonsense").status == 64)
  }

  @Test(arguments: [["--listen", "nowhere"], ["--embedded-broker-port", "abc"], ["--log-level", "loud"]])
  func `an option that can't be used is status 64`(arguments: [String]) async throws {
    let ended = try await gatewayd(arguments)
    #expect(ended.status == 64)
    #expect(ended.errorOutput.contains(arguments[1]))
  }

  /// Each mistake, and what the line about it has.
  @Test(arguments: [
    ("limits:\n  handshake_timeout: 5 parsecs\n", "gateway.yaml:2: limits.handshake_timeout"),
    ("limts: {}\n", "gateway.yaml:1: limts"),
    ("log:\n  level: info\n  colour: red\n", "gateway.yaml:3: log.colour"),
    ("broker: amqp://x\n", "gateway.yaml:1: broker"),
    ("tls:\n  minimum_version: \"1.1\"\n", "gateway.yaml:2: tls.minimum_version"),
  ])
  func `a mistake in the configuration is status 78 with its line`(text: String, expected: String) async throws {
    try await withTemporaryDirectory { directory in
      try write(text, to: directory + "/gateway.yaml")
      let ended = try await gatewayd("--check", "--config", directory + "/gateway.yaml", "--devices", directory)
      #expect(ended.status == 78)
      #expect(ended.errorOutput.contains(expected), "\(ended.errorOutput)")
    }
  }

  /// Each mistake in a device's file, and what the line about it has.
  @Test(arguments: [
    ("key: \"00\"", "d.yaml:1: error: the key is short"), ("key: \"0\"", "d.yaml:1: error"),
    ("key: \"\(key())\"\nenabeld: true", "d.yaml:2: error"), ("- key", "d.yaml:1: error"),
    ("key: \"\(key())\"\nfrom: [somewhere]", "d.yaml:2: error"),
  ])
  func `a mistake in a device is status 78 with its line`(text: String, expected: String) async throws {
    try await withTemporaryDirectory { directory in
      try write(text + "\n", to: directory + "/d.yaml")
      let ended = try await gatewayd("--check", "--devices", directory)
      #expect(ended.status == 78)
      #expect(ended.errorOutput.contains(expected), "\(ended.errorOutput)")
    }
  }

  @Test func `the default configuration that it prints is taken back`() async throws {
    try await withTemporaryDirectory { directory in
      let printed = try await run(try builtProduct("gatewayd"), ["--print-default-config"])
      try write(printed.output, to: directory + "/gateway.yaml")
      try FileManager.default.createDirectory(atPath: directory + "/devices.d", withIntermediateDirectories: false)
      let devices = directory + "/devices.d"
      let ended = try await gatewayd("--check", "--config", directory + "/gateway.yaml", "--devices", devices)
      #expect(ended.status == 0, "\(ended.errorOutput)")
    }
  }

  @Test func `a check without mistakes is status 0 and says nothing`() async throws {
    try await withTemporaryDirectory { directory in
      try addDevice("demo", in: directory)
      let ended = try await gatewayd("--check", "--devices", directory)
      #expect(ended.status == 0)
      #expect(ended.errorOutput.isEmpty)
    }
  }

  @Test func `a second gateway on the same state says who has it`() async throws {
    try await withGateway { gateway in
      let ended = try await gatewayd(
        "--listen", "127.0.0.1:0", "--devices", gateway.devices, "--state", gateway.state, "--broker",
        "mqtt://127.0.0.1:1")
      #expect(ended.status == 1)
      #expect(ended.errorOutput.contains("pid \(gateway.process.id)"))
    }
  }

  @Test func `a port in use is an error that names it`() async throws {
    try await withGateway { gateway in
      try await withTemporaryDirectory { directory in
        let ended = try await gatewayd(
          "--listen", gateway.address, "--devices", directory, "--state", directory + "/state", "--broker",
          "mqtt://127.0.0.1:\(gateway.brokerPort)")
        #expect(ended.status == 1)
        #expect(ended.errorOutput.contains("cannot listen on \(gateway.address): Address already in use"))
      }
    }
  }

  @Test func `gwctl sees the status, and has devices.d read again`() async throws {
    try await withGateway { gateway in
      let control = ["--control", gateway.state + "/control.sock", "--json"]
      try addDevice("new", key: key(1), in: gateway.devices)
      let reloaded = try await run(try builtProduct("gwctl"), ["reload"] + control)
      #expect(reloaded.status == 0)
      #expect(reloaded.output.contains("\"devices\":2") || reloaded.output.contains("\"devices\" : 2"))
      let status = try await run(try builtProduct("gwctl"), ["status"] + control)
      #expect(status.output.contains("\"total\":2") || status.output.contains("\"total\" : 2"))
    }
  }

  @Test func `the control socket is for its owner alone`() async throws {
    try await withGateway { gateway in
      let path = gateway.state + "/control.sock"
      try await eventually("the socket") { FileManager.default.fileExists(atPath: path) }
      try await eventually("its mode") {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600
      }
    }
  }

  @Test func `no key is in the log`() async throws {
    try await withGateway { gateway in
      try await publish(gateway, ["-m", "x", "-q", "1"])
      _ = try await publish(gateway, identity: "demo", key: key(3), ["-m", "x"])
      try await gateway.process.waitForOutput("handshake refused")
      #expect(!gateway.process.errorOutput.contains(key()))
    }
  }
}

private func gatewayd(_ arguments: [String]) async throws -> Outcome {
  try await run(try builtProduct("gatewayd"), arguments)
}

private func gatewayd(_ arguments: String...) async throws -> Outcome { try await gatewayd(arguments) }
