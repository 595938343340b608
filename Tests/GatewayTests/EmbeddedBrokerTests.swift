import Foundation
import TestSupport
import Testing

/// `--broker embedded`, with the real daemon.
@Suite struct EmbeddedBrokerTests {
  @Test func `a message goes through the embedded broker`() async throws {
    try await withEmbeddedBroker { gateway, port in
      try await withSubscriber(to: "devices/+/up/#", port: port) { subscriber in
        try await withLinesDevice(gateway) { device in
          try device.write("hello\n")
          try await subscriber.waitForOutput("devices/demo/up \(hex("hello".utf8))\n")
        }
      }
    }
  }

  @Test(arguments: [SIGKILL, SIGTERM])
  func `the broker is gone when the gateway is, however it ended`(signal: Int32) async throws {
    try await withEmbeddedBroker { gateway, port in
      #expect(try await run("mosquitto_pub", ["-p", "\(port)", "-t", "a", "-n"]).status == 0)
      gateway.process.signal(signal)
      try await gateway.process.waitForExit()
      try await eventually("its end") {
        try await run("mosquitto_pub", ["-p", "\(port)", "-t", "a", "-n"]).status != 0
      }
    }
  }
}

private func withEmbeddedBroker(_ body: (RunningGateway, Int) async throws -> Void) async throws {
  try await withTemporaryDirectory { directory in
    let devices = directory + "/devices.d"
    try FileManager.default.createDirectory(
      atPath: devices, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try addDevice("demo", in: devices)
    let arguments = [
      "--listen", "127.0.0.1:0", "--devices", devices, "--state", directory + "/state", "--node", "node",
      "--embedded-broker-port", "0",
    ]
    try await withProcess(try builtProduct("gatewayd"), arguments) { process in
      let port = try await listeningPort(of: process)
      let broker = try #require(process.errorOutput.firstMatch(of: /embedded broker listening .* port=(\d+)/)?.1)
      try await eventually("the broker") { process.errorOutput.contains("connected to the broker") }
      let gateway = RunningGateway(
        port: port, brokerPort: Int(broker) ?? 0, devices: devices, state: directory + "/state", process: process)
      try await body(gateway, gateway.brokerPort)
    }
  }
}
