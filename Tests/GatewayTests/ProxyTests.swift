import TestSupport
import Testing

/// Devices that come through a load balancer, with the PROXY header in front of TLS.
@Suite struct ProxyTests {
  private static let configuration = "proxy_protocol: {trusted: [127.0.0.1]}"

  @Test func `a device's from, and the refusals, see the address that the proxy names`() async throws {
    let add = { (devices: String) in try addDevice("demo", "from: [192.0.2.0/24]", in: devices) }
    try await withGateway(devices: add, configuration: Self.configuration) { gateway in
      try await withRejections(of: gateway) { rejections in
        let elsewhere = Array("PROXY TCP4 198.51.100.1 127.0.0.1 56324 8883\r\n".utf8)
        _ = try await connect(gateway, elsewhere) { try await $0.waitForExit() }
        try await rejections.waitForOutput("\"address\":\"198.51.100.1\"")
        try await rejections.waitForOutput("\"reason\":\"wrongAddress\"")

        let allowed = Array("PROXY TCP4 192.0.2.7 127.0.0.1 56324 8883\r\n".utf8)
        try await connect(gateway, allowed) { device in
          try device.write("hello\n")
          try await eventually("the session") { gateway.process.errorOutput.contains("192.0.2.7") }
        }
      }
    }
  }

  @Test func `a device that comes without the proxy is told apart from one that isn't TLS`() async throws {
    try await withGateway(configuration: Self.configuration) { gateway in
      try await withRejections(of: gateway) { rejections in
        _ = try await connect(gateway, []) { try await $0.waitForExit() }
        try await rejections.waitForOutput("\"reason\":\"invalidProxyHeader\"")
      }
    }
  }

  /// Runs OpenSSL's client behind a proxy that sends `header`.
  private func connect<Result>(
    _ gateway: RunningGateway, _ header: [UInt8], _ body: (ChildProcess) async throws -> Result
  ) async throws -> Result {
    try await withProxy(toPort: gateway.port, header: header) { proxy in
      let arguments = ["s_client", "-connect", proxy, "-psk_identity", "demo", "-psk", key(), "-quiet"]
      return try await withProcess("openssl", arguments, body)
    }
  }
}
