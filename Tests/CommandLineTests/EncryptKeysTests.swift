import Foundation
import TestSupport
import Testing

/// The real gwctl with keys at rest.
@Suite struct EncryptKeysTests {
  @Test func `makes a master key once, for its owner alone, and shows what to run with it`() async throws {
    try await withGwctl { gwctl in
      let file = gwctl.directory + "/my master.key"
      let made = try await gwctl("make-master-key", file)
      #expect(made.status == 0)
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
      let digits = try #require(try String(contentsOfFile: file, encoding: .utf8).firstMatch(of: /[0-9a-f]{64}/)?.0)
      #expect(!made.output.contains(digits) && !made.errorOutput.contains(digits))
      let again = try await gwctl("make-master-key", file)
      #expect(again.status == 1)
      #expect(again.complaints.count == 1 && again.errorOutput.contains("--add"))
      _ = try await gwctl("add-device", "a")
      let gwctlFolder = URL(fileURLWithPath: try builtProduct("gwctl")).deletingLastPathComponent().path
      let pasted = try await run("bash", ["-c", "PATH=\(gwctlFolder):$PATH; " + made.output])
      #expect(pasted.status == 0, "\(pasted.errorOutput)")
      #expect(pasted.output == "keys: 1 encrypted; 1 file written\n")
    }
  }

  @Test func `loses no master key where several are added at once`() async throws {
    try await withGwctl { gwctl in
      let file = try await makeMasterKey(gwctl)
      let added = try await withThrowingTaskGroup(of: Int32?.self) { group in
        for _ in 0..<6 { group.addTask { try await gwctl("make-master-key", "--add", file).status } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(added == Array(repeating: 0, count: 6))
      #expect(try String(contentsOfFile: file, encoding: .utf8).matches(of: /(?m)^[0-9a-f]{64}$/).count == 7)
    }
  }

  @Test func `encrypts and decrypts, and says so in JSON`() async throws {
    try await withGwctl { gwctl in
      let master = try await makeMasterKey(gwctl)
      _ = try await gwctl("add-device", "a")
      let before = try await gwctl("show-device", "a", "--reveal-key", "--json").json["key"] as? String
      let encrypted = try await gwctl("encrypt-keys", "a", "--json", "--master-key-file", master)
      #expect(try encrypted.json["encrypted"] as? Int == 1)
      #expect(!encrypted.output.contains(try #require(before)))
      let shown = try await gwctl("show-device", "a", "--reveal-key", "--json", "--master-key-file", master)
      #expect(try shown.json["key"] as? String == before)
      #expect(try await !gwctl("show-device", "a", "--master-key-file", master).output.contains(try #require(before)))
      let decrypted = try await gwctl("decrypt-keys", "--all", "--json", "--master-key-file", master)
      #expect(try decrypted.json["decrypted"] as? Int == 1)
      #expect(try await gwctl("show-device", "a", "--reveal-key", "--json").json["key"] as? String == before)
    }
  }

  @Test func `a new device is encrypted where there is a master key`() async throws {
    try await withGwctl { gwctl in
      let master = try await makeMasterKey(gwctl)
      #expect(try await gwctl("add-device", "a", "--master-key-file", master).status == 0)
      #expect(try String(contentsOfFile: gwctl.devices + "/a.yaml", encoding: .utf8).hasPrefix("key: \"enc:v1:"))
      let without = try await gwctl("add-device", "b")
      #expect(without.status == 1)
      #expect(without.complaints.count == 1 && without.errorOutput.contains("--master-key-file"))
      #expect(try gwctl.files == ["a.yaml"])
    }
  }

  @Test func `takes the master key from the environment`() async throws {
    try await withGwctl { gwctl in
      let master = try await makeMasterKey(gwctl)
      let digits = try #require(try String(contentsOfFile: master, encoding: .utf8).firstMatch(of: /[0-9a-f]{64}/)?.0)
      for environment in [["GATEWAY_DEVICES_MASTER_KEY_FILE": master], ["GATEWAY_MASTER_KEY": String(digits)]] {
        let done = try await gwctl.plain(
          ["encrypt-keys", "--all", "--devices", gwctl.devices], environment: environment)
        #expect(done.status == 0, "\(done.errorOutput)")
        let checked = try await gwctl.plain(["check", "--devices", gwctl.devices], environment: environment)
        #expect(checked.status == 0, "\(checked.output)")
      }
    }
  }

  /// Command lines that are wrong, and what is said.
  @Test(arguments: [
    (["encrypt-keys"], 64, "Give either --all or the ids of devices."),
    (["encrypt-keys", "--all", "a"], 64, "Give either --all or the ids of devices."),
    (["encrypt-keys", "--all"], 1, "no master key is given"),
    (["encrypt-keys", "--all", "--master-key-file", "/nonexistent/k"], 1, "/nonexistent/k"),
    (["decrypt-keys", "nobody"], 1, "there is no device 'nobody'"),
  ])
  func `says in one line what is wrong`(arguments: [String], status: Int32, said: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(["--devices", gwctl.devices] + arguments)
      #expect(outcome.status == status)
      #expect(outcome.complaints.count == 1 && outcome.errorOutput.contains(said), "\(outcome.errorOutput)")
    }
  }

  @Test func `a wrong master key is one line, however many keys there are`() async throws {
    try await withGwctl { gwctl in
      let master = try await makeMasterKey(gwctl)
      try gwctl.write((0..<500).map { "d\($0):\(key(number: $0))\n" }.joined(), to: "f.psk")
      _ = try await gwctl("encrypt-keys", "--all", "--master-key-file", master)
      let wrong = try await makeMasterKey(gwctl, "other.key")
      for command in [["list-devices"], ["show-device", "d1"], ["add-device", "x"], ["encrypt-keys", "--all"]] {
        let outcome = try await gwctl.plain(["--devices", gwctl.devices, "--master-key-file", wrong] + command)
        #expect(outcome.status == 1)
        #expect(outcome.complaints.count == 1 && outcome.errorOutput.contains("name the right file"))
      }
    }
  }

  @Test func `asks before it decrypts at a terminal`() async throws {
    try await withGwctl { gwctl in
      let master = try await makeMasterKey(gwctl)
      _ = try await gwctl("add-device", "a", "--master-key-file", master)
      let refused = try await gwctl.atTerminal("decrypt-keys", "--all", "--master-key-file", master, answer: "n")
      #expect(refused.output.contains("[y/N]") && refused.status == 1)
      #expect(try await gwctl("check").status == 1)
      _ = try await gwctl.atTerminal("decrypt-keys", "--all", "--master-key-file", master, answer: "y")
      #expect(try await gwctl("check").status == 0)
    }
  }

  @Test func `a kill in the middle leaves a directory that loads with both master keys`() async throws {
    try await withGwctl { gwctl in
      let master = try await makeMasterKey(gwctl)
      for number in 0..<60 { try gwctl.write("key: \"\(key(number: number))\"\n", to: "d\(number).yaml") }
      _ = try await gwctl("encrypt-keys", "--all", "--master-key-file", master)
      for round in 0..<10 {
        _ = try await gwctl("make-master-key", master, "--add")
        let arguments = ["encrypt-keys", "--all", "--devices", gwctl.devices, "--master-key-file", master]
        try await withProcess(try builtProduct("gwctl"), arguments) { process in
          // Somewhere in its work, another place in each round.
          let changed = try changedFiles(gwctl, master)
          try await eventually("a file") {
            try process.exitStatus != nil || changedFiles(gwctl, master) > changed + round
          }
          process.signal(SIGKILL)
        }
        let checked = try await gwctl("check", "--json", "--master-key-file", master)
        #expect(try checked.json["devices"] as? Int == 60)
        #expect(try checked.json["errors"] as? Int == 0)
      }
      #expect(try await gwctl("encrypt-keys", "--all", "--master-key-file", master).status == 0)
    }
  }

  /// How many files are under the newest master key.
  private func changedFiles(_ gwctl: Gwctl, _ master: String) throws -> Int {
    let text = try String(contentsOfFile: master, encoding: .utf8)
    let version = try #require(text.firstMatch(of: /# Master key ([0-9a-f]{8})/)?.1)
    return try gwctl.files.count { name in
      try String(contentsOfFile: "\(gwctl.devices)/\(name)", encoding: .utf8).contains("enc:v1:\(version)")
    }
  }

  private func makeMasterKey(_ gwctl: Gwctl, _ name: String = "master.key") async throws -> String {
    let file = "\(gwctl.directory)/\(name)"
    #expect(try await gwctl("make-master-key", file).status == 0)
    return file
  }

  /// Another key for each number.
  private func key(number: Int) -> String {
    (0..<16).map { place in
      let digits = String((place * place * 7 + place * 53 + number * 11 + place * number + 5) % 251, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
