import Foundation
import TestSupport
import Testing

@testable import gwctl

@Suite struct RotateKeyTests {
  @Test func `writes a second credential beside the first, and prints it`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("# mine\nkey: \"\(Self.key)\" # random\n", to: "sensor-1.yaml")
      let outcome = try await gwctl("rotate-key", "sensor-1")
      #expect(outcome.status == 0)
      let printed = try #require(
        outcome.output.firstMatch(of: /-psk_identity '(sensor-1~[0-9]{6})' -psk ([0-9a-f]{64})\n/))
      let text = try String(contentsOfFile: gwctl.devices + "/sensor-1.yaml", encoding: .utf8)
      let next = "next:\n  identity: \"\(printed.output.1)\"\n  key: \"\(printed.output.2)\"\n  since: \""
      #expect(text.hasPrefix("# mine\nkey: \"\(Self.key)\" # random\n\(next)"))
      let attributes = try FileManager.default.attributesOfItem(atPath: gwctl.devices + "/sensor-1.yaml")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      try await #expect(gwctl("check").status == 0)
    }
  }

  @Test func `reports it as JSON`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("one:\(Self.key)\n", to: "fleet.psk")
      let json = try await gwctl("rotate-key", "one", "--json", "--key-bytes", "16").json
      #expect(json["id"] as? String == "one")
      let identity = try #require(json["identity"] as? String)
      #expect(identity.wholeMatch(of: /one~[0-9]{6}/) != nil)
      #expect(json["identity_hex"] as? String == hex(Array(identity.utf8).span))
      #expect((json["key"] as? String)?.count == 32)
      #expect(json["old_key_valid"] as? Bool == true)
      #expect(json["file"] as? String == gwctl.devices + "/one.yaml")
      #expect((json["since"] as? String)?.hasSuffix("Z") == true)
      try #expect(gwctl.files == ["fleet.psk", "one.yaml"])
    }
  }

  @Test func `takes the key and the identity that it is given`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let other = String(Self.key.reversed())
      let json = try await gwctl("rotate-key", "a", "--identity", "b", "--key-stdin", "--json", input: other).json
      #expect(json["identity"] as? String == "b")
      #expect(json["key"] as? String == other)
    }
  }

  @Test func `keeps the identity for firmware that cannot change it`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let json = try await gwctl("rotate-key", "a", "--same-identity", "--json").json
      #expect(json["identity"] as? String == "a")
      let text = try String(contentsOfFile: gwctl.devices + "/a.yaml", encoding: .utf8)
      #expect(text.contains("\nnext:\n  key: \""))
    }
  }

  @Test func `replaces a compromised key at once, and a rotation with it`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let first = try await gwctl("rotate-key", "a", "--json").json["identity"] as? String
      let json = try await gwctl("rotate-key", "a", "--now", "--json").json
      #expect(json["old_key_valid"] as? Bool == false)
      #expect(json["identity"] as? String != first && first != nil)
      let shown = try await gwctl("show-device", "a", "--reveal-key", "--json").json
      #expect(shown["key"] as? String == json["key"] as? String)
      #expect(shown["next"] == nil)
    }
  }

  @Test(arguments: [("y", true), ("n", false)])
  func `asks at a terminal before a key is dead`(_ answer: String, _ rotates: Bool) async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"\(Self.key)\"\n", to: "a.yaml")
      let outcome = try await gwctl.atTerminal("rotate-key", "a", "--now", answer: answer)
      #expect(outcome.status == (rotates ? 0 : 1))
      let text = try String(contentsOfFile: gwctl.devices + "/a.yaml", encoding: .utf8)
      #expect(text.contains(Self.key) != rotates)
    }
  }

  /// What goes wrong, and what the one line says of it.
  @Test(arguments: [
    (["rotate-key", "rotating"], "'gwctl rotation finish rotating' retires the old one"),
    (["rotate-key", "idle", "--identity", "idle"], "give --same-identity"),
    (["rotate-key", "idle", "--identity", "rotating"], "is already that of device 'rotating'"),
    (["rotate-key", "idel"], "did you mean 'idle'?"),
    (["rotation", "finish", "idle"], "'gwctl rotation status' shows those that do"),
    (["rotation", "finish", "idel"], "did you mean 'idle'?"),
    (["rotation", "finish", "rotating"], "--force retires the old one all the same"),
    (["rotation", "cancel", "idle"], "has no rotation under way"),
    (["rotation", "cancel", "idel"], "did you mean 'idle'?"),
  ])
  func `says in one line what is wrong and changes nothing`(_ arguments: [String], _ advice: String) async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "idle")
      _ = try await gwctl("add-device", "rotating")
      _ = try await gwctl("rotate-key", "rotating")
      let before = try await gwctl("list-devices", "--json").output
      let outcome = try await gwctl.plain(arguments + ["--devices", gwctl.devices, "--control", gwctl.socket])
      #expect(outcome.status == 1)
      #expect(outcome.complaints.count == 1)
      #expect(outcome.errorOutput.contains(advice))
      try await #expect(gwctl("list-devices", "--json").output == before)
    }
  }

  private static let key = "9f86d081884c7d659a2feaa0c55ad015"
}
