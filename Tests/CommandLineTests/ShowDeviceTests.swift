import TestSupport
import Testing

@testable import gwctl

@Suite struct ShowDeviceTests {
  private static let full = """
    identity_hex: "ff00"
    key: "9f86d081884c7d659a2feaa0c55ad015"
    next:
      identity: new
      key: "a3bf4f1b2b0b822cd15d6c15b0f00a08"
    enabled: false
    protocol: frames
    tls: "1.3"
    from: [192.0.2.0/24, "2001:db8::1"]
    sessions: per-client-id
    max_sessions: 5
    labels: {site: north}
    topics: verbatim
    publish: ["a/%i", "b/#"]
    subscribe: ["c/+"]
    quota: {messages_per_second: 10, bytes_per_second: 1000, payload_bytes: 100}
    ack: true
    rotation: push

    """

  @Test func `shows every field to people`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.full, to: "full.yaml")
      let outcome = try await gwctl("show-device", "full")
      #expect(outcome.status == 0)
      #expect(
        outcome.output == """
          id                 full
          identity           0xff00
          key                16 bytes, not shown (--reveal-key shows it)
          enabled            no
          protocol           frames
          tls                1.3
          next identity      new
          next key           16 bytes, not shown (--reveal-key shows it)
          labels             site=north
          from               192.0.2.0/24 2001:db8::1/128
          sessions           per-client-id, up to 5
          topics             verbatim
          publish            a/%i b/#
          subscribe          c/+
          messages a second  at most 10
          bytes a second     at most 1000
          payload bytes      at most 100
          ack                yes
          rotation           push
          file               \(gwctl.devices)/full.yaml:1

          """)
    }
  }

  @Test func `shows every field as JSON`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.full, to: "full.yaml")
      let json = try await gwctl("--json", "show-device", "full").json
      #expect(
        json.keys.sorted() == [
          "ack", "enabled", "file", "from", "id", "identity_hex", "labels", "line", "max_sessions", "next", "protocol",
          "publish", "quota", "rotation", "sessions", "subscribe", "tls", "topics", "weak_key",
        ])
      #expect(json["identity_hex"] as? String == "ff00")
      #expect(json["sessions"] as? String == "per-client-id")
      #expect(json["from"] as? [String] == ["192.0.2.0/24", "2001:db8::1/128"])
      #expect(
        json["quota"] as? [String: Int] == ["messages_per_second": 10, "bytes_per_second": 1000, "payload_bytes": 100])
      #expect(json["next"] as? [String: String] == ["identity": "new", "identity_hex": "6e6577"])
      #expect(json["enabled"] as? Bool == false)
    }
  }

  @Test func `reveals keys only when told to`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.full, to: "full.yaml")
      for arguments in [[], ["--json"]] {
        let shown = ["--devices", gwctl.devices, "show-device", "full"] + arguments
        let closed = try await gwctl.plain(shown).output
        let open = try await gwctl.plain(shown + ["--reveal-key"]).output
        for key in ["9f86d081884c7d659a2feaa0c55ad015", "a3bf4f1b2b0b822cd15d6c15b0f00a08"] {
          #expect(!closed.contains(key))
          #expect(open.contains(key))
        }
      }
    }
  }

  @Test(arguments: [("senor-1", "sensor-1"), ("sensor-12", "sensor-1"), ("SENSOR-2", nil), ("x", nil)])
  func `suggests the id that was meant`(_ typed: String, _ meant: String?) async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "sensor-1")
      _ = try await gwctl("add-device", "gateway-test")
      let outcome = try await gwctl("show-device", typed)
      #expect(outcome.status == 1)
      let advice = meant.map { "did you mean '\($0)'?" } ?? "'gwctl list-devices' shows those that there are"
      #expect(outcome.errorOutput == "gwctl: there is no device '\(typed)' in \(gwctl.devices): \(advice)\n")
    }
  }

  @Test func `says why a device cannot be shown`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"00\"\n", to: "bad.yaml")
      _ = try await gwctl("add-device", "bed")
      let outcome = try await gwctl("show-device", "bad")
      #expect(outcome.status == 1)
      #expect(outcome.errorOutput.hasPrefix("gwctl: \(gwctl.devices)/bad.yaml:1: error: "))
      #expect(outcome.complaints.count == 1)
    }
  }
}
