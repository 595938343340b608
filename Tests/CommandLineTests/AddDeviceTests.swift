import Foundation
import TestSupport
import Testing

@testable import gwctl

@Suite struct AddDeviceTests {
  @Test func `writes a file that only its owner reads, with the key that it prints`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("add-device", "sensor-1")
      #expect(outcome.status == 0)
      let key = try #require(outcome.output.firstMatch(of: /-psk ([0-9a-f]{64})\n/)).output.1
      try #expect(gwctl.files == ["sensor-1.yaml"])
      let path = gwctl.devices + "/sensor-1.yaml"
      try #expect(String(contentsOfFile: path, encoding: .utf8) == "key: \"\(key)\"\n")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func `keeps what is no snippet away from standard output`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("add-device", "sensor-1", "--for", "zephyr", "--key-bytes", "48")
      #expect(outcome.output.hasPrefix("/* prj.conf"))
      #expect(outcome.output.hasSuffix("}\n"))
      let zephyr = ZephyrSnippet()
      #expect(
        outcome.complaints == [
          "Added sensor-1 as \(gwctl.devices)/sensor-1.yaml. Its key, for zephyr:",
          zephyr.suiteNote[...],
          "No gateway was found running at \(gwctl.socket).",
          "gwctl: warning: this key has 48 bytes, and mbedTLS takes 32 by default: "
            + "set CONFIG_MBEDTLS_PSK_MAX_LEN to 48, or use a key of 32 bytes",
        ])
    }
  }

  @Test func `takes every field`() async throws {
    try await withGwctl { gwctl in
      let added = try await gwctl(
        "add-device", "meter-7", "--identity", "Zähler 7", "--protocol", "lines", "--label", "site=north", "--label",
        "rack=a=b", "--json", "--key-bytes", "16"
      ).json
      #expect(added["identity"] as? String == "Zähler 7")
      #expect(added["identity_hex"] as? String == "5ac3a4686c65722037")
      #expect(added["file"] as? String == gwctl.devices + "/meter-7.yaml")
      #expect((added["gateway"] as? [String: String])?["state"] == "not_running")
      let shown = try await gwctl("show-device", "meter-7", "--reveal-key", "--json").json
      #expect(shown["key"] as? String == added["key"] as? String)
      #expect((shown["key"] as? String)?.count == 32)
      #expect(shown["protocol"] as? String == "lines")
      #expect(shown["labels"] as? [String: String] == ["site": "north", "rack": "a=b"])
    }
  }

  @Test(arguments: ["openssl", "mosquitto", "esp-idf", "zephyr", "nrf91", "mbedtls", "python"])
  func `tells each client identity and host`(_ client: String) async throws {
    try await withGwctl { gwctl in
      let arguments = ["add-device", "sensor-1", "--identity", "me-2", "--host", "gw.example", "--port", "18883"]
      let outcome = try await gwctl.plain(["--devices", gwctl.devices] + arguments + ["--for", client])
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("me-2"))
      // A modem is told the host where it connects, not with its credentials.
      let told = client == "nrf91" ? outcome.errorOutput : outcome.output
      #expect(told.contains("gw.example"))
    }
  }

  @Test func `makes another key each time, none with a zero in front`() async throws {
    try await withGwctl { gwctl in
      var keys: Set<String> = []
      for number in 0..<20 {
        let json = try await gwctl("add-device", "d\(number)", "--json").json
        keys.insert(try #require(json["key"] as? String))
      }
      #expect(keys.count == 20)
      #expect(keys.allSatisfy { !$0.hasPrefix("00") })
    }
  }

  @Test func `has a running gateway take it up`() async throws {
    let report = #"{"devices":8,"added":1,"changed":0,"removed":0,"problems":["x.yaml:1: error: no key"]}"#
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket) { method, path in
        method == "POST" && path == "/v1/reload" ? .reply(200, report) : .reply(404, "")
      } _: {
        let outcome = try await gwctl("add-device", "sensor-1")
        #expect(outcome.status == 0)
        #expect(outcome.errorOutput.contains("The running gateway has taken it up; it knows 8 devices.\n"))
        #expect(outcome.errorOutput.contains("gwctl: warning: it reports 1 problem: run 'gwctl check'\n"))
        let json = try await gwctl("add-device", "sensor-2", "--json").json["gateway"] as? [String: Any]
        #expect(json?["state"] as? String == "taken")
        #expect(json?["devices"] as? Int == 8)
      }
    }
  }

  @Test func `says that a gateway may not know of it`() async throws {
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(503, #"{"error":"it is stopping"}"#) }) {
        let outcome = try await gwctl("add-device", "sensor-1")
        #expect(outcome.status == 0)
        #expect(outcome.errorOutput.contains("is not known: the gateway refused (503): it is stopping\n"))
      }
    }
  }

  @Test func `refuses an id and an identity that are taken`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a", "--identity", "one")
      let again = try await gwctl("add-device", "a")
      #expect(again.status == 1)
      #expect(
        again.errorOutput == """
          gwctl: device 'a' exists already (\(gwctl.devices)/a.yaml:1): choose another id, or 'gwctl remove-device a' \
          first

          """)
      let other = try await gwctl("add-device", "b", "--identity", "one")
      #expect(other.status == 1)
      #expect(other.errorOutput.contains("identity 'one' is already that of device 'a'"))
      #expect(other.output.isEmpty)
      try #expect(gwctl.files == ["a.yaml"])
    }
  }
}
