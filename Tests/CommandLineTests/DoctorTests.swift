import Foundation
import TestSupport
import Testing

/// The real gwctl doctor, and the commands that it says.
@Suite struct DoctorTests {
  private static let good = "7c91a4e06d23b95f0ab8f3571ec2648d"
  private static let other = "b36e0d58f194c72a8e4f61b0d97a2c35"

  @Test func `a directory with nothing to mend is status 0`() async throws {
    try await withGwctl { gwctl in
      let master = gwctl.directory + "/master.key"
      _ = try await gwctl("make-master-key", master)
      _ = try await gwctl("add-device", "a", "--master-key-file", master)
      let outcome = try await gwctl("doctor", "--master-key-file", master)
      #expect(outcome.status == 0)
      #expect(outcome.output == "1 device, nothing to mend.\n")
      #expect(outcome.complaints.count == 1 && outcome.errorOutput.contains("has no last-seen"))
    }
  }

  /// What is wrong with one device's key, and what it is called.
  @Test(arguments: [
    ("key: \"00ff\"\nweak_key: accepted\n", "short_key"),
    ("key: \"\(String(repeating: "ab", count: 16))\"\n", "low_variety_key"),
    ("key: \"73656e736f722d3100000000000000ff\"\n", "key_from_name"),
    ("key: \"\(good)\"\nnext: {identity: x, key: \"\(other)\"}\n", "rotation_unfinished"),
    ("key: \"\(good)\"\nnext: {identity: x, key: \"\(good)\"}\n", "key_not_rotated"),
  ])
  func `finds what is wrong with a device`(text: String, kind: String) async throws {
    try await withGwctl { gwctl in
      try gwctl.write(text, to: "sensor-1.yaml")
      try gwctl.write("neighbour:19b7e4406ad25c8ff37061ce9b85d23a\n", to: "f.psk")
      let findings = try await diagnose(gwctl).filter { $0["kind"] as? String == kind }
      #expect(findings.count == 1)
      #expect(findings.first?["device"] as? String == "sensor-1")
      #expect((findings.first?["command"] as? String)?.hasSuffix(" sensor-1") == true)
      #expect((findings.first?["path"] as? String)?.hasSuffix("/sensor-1.yaml") == true)
    }
  }

  /// A weak key in a device that is being rotated, and what works then.
  @Test(arguments: [("00ff", other, "finish"), (other, "00ff", "cancel")])
  func `says what works while a rotation is under way`(key: String, next: String, word: String) async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"\(key)\"\nnext: {identity: x, key: \"\(next)\"}\nweak_key: accepted\n", to: "a.yaml")
      let finding = try #require(try await diagnose(gwctl).first { $0["kind"] as? String == "short_key" })
      #expect((finding["command"] as? String)?.hasSuffix(" rotation \(word) a") == true)
    }
  }

  @Test func `finds a key in two devices`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"\(Self.good)\"\n", to: "a.yaml")
      try gwctl.write("b:\(Self.good)\n", to: "f.psk")
      let finding = try #require(try await diagnose(gwctl).first { $0["kind"] as? String == "shared_key" })
      #expect(finding["device"] as? String == "b")
      #expect(finding["message"] as? String == "the key is that of a as well")
    }
  }

  @Test func `tells which devices were not seen for 90 days, and which use old suites`() async throws {
    try await withGwctl { gwctl in
      for (name, key) in [("old", Self.good), ("new", Self.other), ("gone", "19b7e4406ad25c8ff37061ce9b85d23a")] {
        try gwctl.write("key: \"\(key)\"\n\(name == "gone" ? "enabled: false\n" : "")", to: "\(name).yaml")
      }
      let now = Int(Date.now.timeIntervalSince1970) * 1000
      let lines = [
        ("old", 91, "TLSv1.2\tECDHE-PSK-CHACHA20-POLY1305"), ("new", 1, "TLSv1.2\tPSK-AES128-CCM8"),
        ("gone", 200, "TLSv1.3\tTLS_AES_128_GCM_SHA256"),
      ].map { name, days, session in
        let time = now - days * 86_400_000
        return "\(name)\t\(time)\t\(time)\tdisconnected\t127.0.0.1\t\(session)\tcurrent\t61\n"
      }
      try write("#started\t\(now)\n" + lines.joined(), to: gwctl.directory + "/last-seen")
      let findings = try await diagnose(gwctl).filter { $0["device"] != nil }
      let found = findings.map { "\($0["kind"] ?? "") \($0["device"] ?? "")" }
      #expect(found.sorted() == ["device_unseen old", "old_suite new"])
      let old = findings.first { $0["kind"] as? String == "old_suite" }?["message"] as? String
      #expect(old?.contains("PSK-AES128-CCM8, which has no forward secrecy") == true)
    }
  }

  @Test func `what it says about files works as it is printed`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"\(Self.good)\"\n", to: "open.yml")
      try TestSupport.write("key: \"\(Self.other)\"\n", to: gwctl.devices + "/a.yaml", mode: 0o644)
      try gwctl.write("x", to: ".tmp-it's 1")
      let hourAgo = Date(timeIntervalSinceNow: -3600)
      try FileManager.default.setAttributes([.modificationDate: hourAgo], ofItemAtPath: gwctl.devices + "/.tmp-it's 1")
      try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: gwctl.devices)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: gwctl.directory)
      let before = Set(try await diagnose(gwctl).compactMap { $0["kind"] as? String })
      #expect(before == ["file_ignored", "file_open", "temporary_file", "directory_writable", "state_open"])
      // What one command brings to light, as a file that others could read, the next round mends.
      for _ in 0..<2 { try await paste(try await diagnose(gwctl), gwctl) }
      let after = try await diagnose(gwctl, "--master-key-file", gwctl.directory + "/master.key")
      #expect(after.isEmpty)
    }
  }

  @Test func `what it says about keys in clear and old master keys works as it is printed`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"\(Self.good)\"\n", to: "a.yaml")
      try await paste(try await diagnose(gwctl), gwctl)
      let master = ["--master-key-file", gwctl.directory + "/master.key"]
      #expect(try await diagnose(gwctl, master[0], master[1]).isEmpty)
      let without = try await diagnose(gwctl)
      #expect(without.map { $0["kind"] as? String } == ["master_key_missing"])
      #expect(without.first?["command"] == nil)
      #expect((without.first?["message"] as? String)?.contains("--master-key-file FILE") == true)
      _ = try await gwctl("make-master-key", "--add", master[1])
      try gwctl.write("key: \"\(Self.other)\"\n", to: "b.yaml")
      let findings = try await diagnose(gwctl, master[0], master[1])
      #expect(Set(findings.compactMap { $0["kind"] as? String }) == ["old_master_key", "clear_keys"])
      try await paste(findings, gwctl)
      #expect(try await diagnose(gwctl, master[0], master[1]).isEmpty)
    }
  }

  @Test func `prints a table without keys, and no more than twenty of a kind`() async throws {
    try await withGwctl { gwctl in
      let lines = (0..<50).map { "d\($0):\(String(repeating: $0 < 10 ? "0\($0)" : "\($0)", count: 16))\n" }
      try gwctl.write(lines.joined(), to: "f.psk")
      let outcome = try await gwctl("doctor")
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix("SEVERITY  WHERE"))
      #expect(outcome.output.contains("51 findings, 30 of them only with --json."))
      #expect(!outcome.output.contains("0101010101"))
    }
  }

  private func diagnose(_ gwctl: Gwctl, _ options: String...) async throws -> [[String: Any]] {
    let arguments = ["--devices", gwctl.devices, "--control", gwctl.socket, "doctor", "--json"] + options
    let outcome = try await gwctl.plain(arguments)
    let findings = try #require(try outcome.json["findings"] as? [[String: Any]])
    #expect(outcome.status == (findings.isEmpty ? 0 : 1), "\(outcome.errorOutput)")
    return findings
  }

  /// Runs the commands of `findings` in a shell whose editor changes nothing.
  private func paste(_ findings: [[String: Any]], _ gwctl: Gwctl) async throws {
    let folder = URL(fileURLWithPath: try builtProduct("gwctl")).deletingLastPathComponent().path
    for finding in findings {
      let command = try #require(finding["command"] as? String)
      let outcome = try await run(
        "bash", ["-c", command], environment: ["PATH": folder + ":/usr/bin:/bin", "EDITOR": "true"],
        in: gwctl.directory)
      #expect(outcome.status == 0, "\(command): \(outcome.errorOutput)")
    }
  }
}
