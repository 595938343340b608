import Foundation
import TestSupport
import Testing

/// Devices that gwctl disables, enables, imports and exports, seen from a client that connects.
struct KeyListTests {
  @Test(arguments: ["tlsv1.2", "tlsv1.3"])
  func `a disabled device loses its connection and gets none until it is enabled`(_ version: String) async throws {
    try await withGateway(devices: { try write("demo:\(key())\nother:\(key(1))\n", to: $0 + "/fleet.psk") }) {
      gateway in
      let option = version == "tlsv1.2" ? "-tls1_2" : "-tls1_3"
      let options = ["--tls-version", version, "-m", "x", "-q", "1"]
      try await withLinesDevice(gateway, [option]) { device in
        try device.write("x\n")
        try await eventually("the connection") { gateway.process.errorOutput.contains("device connected") }
        let outcome = try await gwctl(gateway, "disable-device", "demo")
        #expect(outcome.status == 0)
        #expect(outcome.errorOutput == "demo: disabled.\nThe running gateway has taken it up; it knows 2 devices.\n")
        try await device.waitForExit()
      }
      #expect(try await publish(gateway, options) != 0)
      #expect(try await publish(gateway, identity: "other", key: key(1), options) == 0)
      #expect(try await gwctl(gateway, "enable-device", "demo").status == 0)
      #expect(try await publish(gateway, options) == 0)
    }
  }

  /// How lists of others have a device's key, which is the bytes in `key`.
  private static let lists: [(format: String, list: String, key: String)] = [
    ("psk", "new:\(key(2))\n", key(2)), ("stunnel", "new:sixteen letters.\n", hex("sixteen letters.".utf8)),
    // The digits are what EMQX's devices have, not what they spell.
    ("emqx", "new:\(key(2))\n", hex(key(2).utf8)), ("csv", "id,key\r\nnew,\(key(2))\r\n", key(2)),
    ("json", "[{\"id\": \"new\", \"key\": \"\(key(2))\"}]", key(2)),
  ]

  @Test(arguments: lists)
  func `an imported device connects`(_ format: String, _ list: String, _ key: String) async throws {
    try await withGateway { gateway in
      let outcome = try await gwctl(gateway, "import", "-", "--format", format, input: list)
      #expect(outcome.status == 0)
      #expect(outcome.errorOutput.contains("The running gateway has taken it up; it knows 2 devices."))
      #expect(try await publish(gateway, identity: "new", key: key, ["-m", "x", "-q", "1"]) == 0)
      #expect(try await publish(gateway, ["-m", "x", "-q", "1"]) == 0)
    }
  }

  @Test func `what is exported for Mosquitto lets the same devices in there`() async throws {
    let add = { (devices: String) in
      try addDevice("demo", in: devices)
      try addDevice("off", key: key(1), "enabled: false", in: devices)
    }
    try await withGateway(devices: add) { gateway in
      let file = gateway.state + "/fleet.psk"
      let outcome = try await gwctl(gateway, "export", "--reveal-keys", "--output", file)
      #expect(outcome.status == 0)
      try await withMosquitto(configuration: "psk_hint gateway\npsk_file \(file)\n") { broker in
        let allowed = try await publishToBroker(broker.port, identity: "demo", key: key())
        let refused = try await publishToBroker(broker.port, identity: "off", key: key(1))
        #expect(allowed == 0 && refused != 0)
      }
    }
  }

  private func gwctl(_ gateway: RunningGateway, _ arguments: String..., input: String = "") async throws -> Outcome {
    let options = ["--devices", gateway.devices, "--control", gateway.state + "/control.sock"]
    return try await run(try builtProduct("gwctl"), options + arguments, input: input)
  }

  private func publishToBroker(_ port: Int, identity: String, key: String) async throws -> Int32 {
    let arguments = [
      "-h", "127.0.0.1", "-p", "\(port)", "--psk-identity", identity, "--psk", key, "-t", "a", "-m", "x",
    ]
    return try await withProcess("mosquitto_pub", arguments) { try await $0.waitForExit() }
  }
}
