import Foundation
import TestSupport
import Testing

/// What `gwctl why` says of real clients.
@Suite struct WhyTests {
  @Test func `a wrong key, and a suite that the preset leaves out`() async throws {
    try await withGateway { gateway in
      for _ in 0..<3 { try await fail(gateway, ["-tls1_2", "-psk_identity", "demo", "-psk", key(9)]) }
      try await fail(gateway, ["-tls1_2", "-psk_identity", "demo", "-psk", key(), "-cipher", "PSK-AES128-CCM8"])
      let device = try await gateway.gwctl("why", "demo").output
      #expect(
        device.hasPrefix(
          "device demo: never seen; refused: wrong key: compare the device's with 'gwctl show-device demo"))
      #expect(device.contains("wrongPreSharedKey  from 127.0.0.1, 3 times since "))
      let address = try await gateway.gwctl("why", "127.0.0.1").output
      #expect(
        address.contains(
          "offered only PSK-AES128-CCM8, which the preset 'modern' leaves out: set 'tls.suites: constrained'"))
      #expect(address.contains("wrong key"))
    }
  }

  @Test func `what a device did from its address without an identity is told with it`() async throws {
    try await withGateway { gateway in
      try await withLinesDevice(gateway) { device in
        try await eventually("online") { try await gateway.gwctl("why", "demo").output.contains("online since") }
        _ = device
      }
      try await eventually("offline") { try await gateway.gwctl("why", "demo").output.contains("offline since") }
      try await fail(gateway, ["-tls1_2", "-psk_identity", "demo", "-psk", key(), "-cipher", "PSK-AES128-CCM8"])
      let report = try await gateway.gwctl("why", "demo", "--json").json
      #expect(report["online"] as? Bool == false)
      let nearby = try #require(report["nearby"] as? [[String: Any]])
      #expect(nearby.map { $0["outcome"] as? String } == ["noSharedCipher"])
      #expect(nearby.first?["offered_suites"] as? [String] == ["PSK-AES128-CCM8"])
      #expect(nearby.first?["offered_versions"] as? [String] == ["TLSv1.2"])
      let last = try #require(report["last_connection"] as? [String: Any])
      #expect(last["address"] as? String == "127.0.0.1")
      #expect(last["end"] as? String == "disconnected")
    }
  }

  @Test func `an identity that nobody has, however it is spelled, steers no terminal`() async throws {
    try await withGateway { gateway in
      try await fail(gateway, ["-psk_identity", "x\u{1b}[2J", "-psk", key()])
      for spelling in ["x\u{1b}[2J", "0x781b5b324a", "0x781B5B324A"] {
        let outcome = try await gateway.gwctl("why", spelling)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("no device has this identity"))
        #expect(!outcome.output.unicodeScalars.contains("\u{1b}"))
      }
    }
  }

  @Test func `what nobody knows is said in one line`() async throws {
    try await withGateway { gateway in
      let outcome = try await gateway.gwctl("why", "nobody")
      #expect(outcome.status == 1)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errorOutput.contains("nothing is known of 'nobody'"))
      try await #expect(gateway.gwctl("why", "192.0.2.1").output.contains("no handshake from this address"))
      try await #expect(gateway.gwctl("why", "demo").output == "device demo: never seen\n")
    }
  }

  @Test func `a last connection is known after a kill of the gateway`() async throws {
    try await withMosquitto { broker in
      try await withGateway(broker: broker) { gateway in
        try await withLinesDevice(gateway) { _ in
          try await eventually("in the store") {
            try await gateway.gwctl("list-devices", "--online").output.contains("demo")
              && stored(gateway).contains("\ndemo\t")
          }
          gateway.process.signal(9)
          try await gateway.process.waitForExit()
          let offline = try await gateway.gwctl("list-devices", "--offline")
          #expect(offline.output.contains("demo  last seen 2"))
          #expect(offline.errorOutput.contains("No gateway was found running"))
          try await #expect(gateway.gwctl("list-devices", "--online").status == 1)
        }
      }
    }
  }

  @Test func `who was connected when the gateway stopped was seen until then`() async throws {
    try await withGateway { gateway in
      try await withLinesDevice(gateway) { _ in
        try await eventually("online") { try await gateway.gwctl("list-devices", "--online").output.contains("demo") }
        gateway.process.signal(SIGTERM)
        try await #expect(gateway.process.waitForExit() == 0)
        try await #expect(gateway.gwctl("list-devices", "--offline").output.contains(" (shutdown)  127.0.0.1  TLSv1.3"))
      }
    }
  }

  @Test func `a device that was removed is remembered`() async throws {
    try await withGateway { gateway in
      try await #expect(publish(gateway, ["-m", "x", "-q", "1"]) == 0)
      try await eventually("in the store") { try stored(gateway).contains("\ndemo\t") }
      try FileManager.default.removeItem(atPath: gateway.devices + "/demo.yaml")
      try await gateway.reload()
      try await #expect(
        gateway.gwctl("why", "demo").output.hasPrefix("device demo: no longer in devices.d; offline since "))
    }
  }

  @Test func `where there is no store it is said`() async throws {
    try await withGateway { gateway in
      let outcome = try await run(
        try builtProduct("gwctl"),
        ["--devices", gateway.devices, "--control", gateway.devices + "/control.sock", "list-devices", "--offline"])
      #expect(outcome.output.contains("demo  never seen"))
      #expect(outcome.errorOutput.contains("has no last-seen"))
    }
  }

  private func stored(_ gateway: RunningGateway) throws -> String {
    try String(contentsOfFile: gateway.state + "/last-seen", encoding: .utf8)
  }
}

/// Runs `openssl s_client`, which is to be refused.
func fail(_ gateway: RunningGateway, _ options: [String]) async throws {
  let outcome = try await run("openssl", ["s_client", "-connect", gateway.address] + options)
  #expect(outcome.status != 0)
}
