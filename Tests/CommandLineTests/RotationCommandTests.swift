import Devices
import Foundation
import Model
import TestSupport
import Testing

@testable import gwctl

/// What comes after `rotate-key`, without a gateway.
@Suite struct RotationCommandTests {
  @Test func `lists who has not moved, and since when`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.rotating(since: "2027-01-15T08:00:00Z"), to: "b.yaml")
      try gwctl.write(Self.rotating(key: 1, since: nil), to: "a.yaml")
      try gwctl.write("key: \"c03e57a8d914f6b20e8b71d56c29fa43\"\n", to: "c.yaml")
      #expect(
        try await gwctl("rotation", "status").output == """
          ID  IDENTITY  NEXT IDENTITY  SINCE                 MOVED
          a   a         new-1          not known             no
          b   b         new-0          2027-01-15T08:00:00Z  no

          """)
      let json = try await gwctl("rotation", "status", "--json").jsonArray
      #expect(json.map { $0["id"] as? String } == ["a", "b"])
      #expect(json.map { $0["since"] as? String } == [nil, "2027-01-15T08:00:00Z"])
      #expect(json.map { $0["moved"] as? Bool } == [false, false])
      #expect(json[0]["next_identity"] as? String == "new-1")
    }
  }

  @Test func `keeps when a rotation began through other edits`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let begun = try await gwctl("rotate-key", "a", "--json").json["since"] as? String
      let path = gwctl.devices + "/a.yaml"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try gwctl.write(text + "ack: true\n", to: "a.yaml")
      let listed = try await gwctl("rotation", "status", "--json").jsonArray
      #expect(listed.first?["since"] as? String == begun && begun != nil)
    }
  }

  @Test func `finishes by force what has not moved`() async throws {
    try await withGwctl { gwctl in
      for (number, name) in ["a", "b"].enumerated() {
        try gwctl.write(Self.rotating(key: number, since: nil), to: "\(name).yaml")
      }
      let json = try await gwctl("rotation", "finish", "--json").json
      #expect(json["finished"] as? [String] == [])
      let forced = try await gwctl("rotation", "finish", "a", "--force", "--json").json
      #expect(forced["finished"] as? [String] == ["a"])
      #expect(try await gwctl("rotation", "status", "--json").jsonArray.count == 1)
      #expect(try await gwctl("show-device", "a", "--json").json["identity"] as? String == "new-0")
      _ = try await gwctl("rotation", "finish", "--force")
      #expect(try await gwctl("rotation", "status", "--json").jsonArray.isEmpty)
    }
  }

  @Test(arguments: [("y", true), ("n", false)])
  func `asks at a terminal`(_ answer: String, _ finishes: Bool) async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.rotating(since: nil), to: "a.yaml")
      let outcome = try await gwctl.atTerminal("rotation", "finish", "a", answer: answer)
      #expect(outcome.output.contains("a: not seen with the new key."))
      #expect(outcome.status == (finishes ? 0 : 1))
      #expect(try await gwctl("rotation", "status", "--json").jsonArray.isEmpty == finishes)
    }
  }

  @Test func `gives a rotation up`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let before = try String(contentsOfFile: gwctl.devices + "/a.yaml", encoding: .utf8)
      _ = try await gwctl("rotate-key", "a")
      let outcome = try await gwctl("rotation", "cancel", "a")
      #expect(outcome.status == 0)
      #expect(try String(contentsOfFile: gwctl.devices + "/a.yaml", encoding: .utf8) == before)
    }
  }

  @Test func `refuses to give up what a device has moved to, and the doctor says what to do`() async throws {
    try await withGwctl { gwctl in
      try await move("a", gwctl)
      let text = try gwctl.text("a.yaml")
      let refused = try await gwctl("rotation", "cancel", "a", "--yes")
      #expect(refused.status == 1 && refused.complaints.count == 1)
      #expect(refused.errorOutput.contains("'a' has moved") && refused.errorOutput.contains("gwctl rotation finish a'"))
      #expect(try gwctl.text("a.yaml") == text)
      let findings = try #require(try await gwctl("doctor", "--json").json["findings"] as? [[String: Any]])
      let finding = try #require(findings.first { $0["kind"] as? String == "rotation_unfinished" })
      #expect((finding["message"] as? String)?.contains("has moved to its new key") == true)
      #expect((finding["command"] as? String)?.hasSuffix(" rotation finish a") == true)
      #expect(try await gwctl("rotation", "cancel", "a", "--force").status == 0)
      #expect(try !gwctl.text("a.yaml").contains("next:"))
    }
  }

  @Test func `says that what the gateway has left is damaged`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.rotating(since: nil), to: "a.yaml")
      try write("a 00", to: gwctl.directory + "/rotations")
      let outcome = try await gwctl("rotation", "status")
      #expect(outcome.status == 0 && outcome.complaints.count == 1)
      #expect(outcome.errorOutput.contains("warning: \(gwctl.directory)/rotations is damaged"))
    }
  }

  /// Rotates the key of a new device, which has used it, and the gateway could not write that.
  private func move(_ name: String, _ gwctl: Gwctl) async throws {
    _ = try await gwctl("add-device", name)
    let json = try await gwctl("rotate-key", name, "--json").json
    let key = try #require(json["key"] as? String)
    let identity = try #require(json["identity"] as? String)
    // What the gateway leaves in its state directory, which is where its socket is.
    let secret = try PresharedKey.parse(hexadecimal: Array(key.utf8).span)
    let fingerprint = RotationFingerprint(try DeviceID(name), Array(identity.utf8), secret).text
    try write(
      "\(name) \(fingerprint) 2027-01-15T08:00:00Z\nother 00 2027-01-15T08:00:00Z\n",
      to: gwctl.directory + "/rotations")
  }

  @Test func `finishes what the gateway could not write`() async throws {
    try await withGwctl { gwctl in
      try await move("a", gwctl)
      let status = try await gwctl("rotation", "status")
      #expect(status.output.hasSuffix("  2027-01-15T08:00:00Z\n"))
      #expect(status.errorOutput.contains("run 'gwctl rotation finish'"))
      #expect(try await gwctl("rotation", "finish", "--json").json["finished"] as? [String] == ["a"])
      #expect(try await gwctl("rotation", "status", "--json").jsonArray.isEmpty)
    }
  }

  private static func rotating(key number: Int = 0, since: String?) -> String {
    let keys = [
      ["6f2a91c4e85d0b37a14cfe0962d873b5", "19b7e4406ad25c8ff37061ce9b85d23a"],
      ["2fd4e1c67a2d28fced849ee1bb76e739", "62cdb7020ff920e5aa642c3d4066950d"],
    ][number]
    let time = since.map { "  since: \"\($0)\"\n" } ?? ""
    return "key: \"\(keys[0])\"\nnext:\n  identity: new-\(number)\n  key: \"\(keys[1])\"\n\(time)"
  }
}
