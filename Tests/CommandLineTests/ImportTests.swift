import Foundation
import TestSupport
import Testing

@testable import gwctl

@Suite struct ImportTests {
  private static let list = "one:\(Keys.first)\ntwo:\(Keys.second)\n"

  @Test func `imports lines as a bundle, and a second time nothing`() async throws {
    try await withGwctl { gwctl in
      try gwctl.put(Self.list, "fleet.txt")
      let outcome = try await gwctl("import", gwctl.path("fleet.txt"))
      #expect(outcome.status == 0 && outcome.output.isEmpty)
      #expect(
        outcome.complaints == [
          "2 devices added to \(gwctl.devices)/fleet.psk.", "No gateway was found running at \(gwctl.socket).",
        ])
      try #expect(gwctl.text("fleet.psk") == Self.list)
      let again = try await gwctl("import", gwctl.path("fleet.txt"), "--json").json
      #expect(again["added"] as? Int == 0 && again["unchanged"] as? Int == 2 && again["gateway"] == nil)
      try #expect(gwctl.files == ["fleet.psk"])
    }
  }

  @Test func `imports as files, from standard input`() async throws {
    try await withGwctl { gwctl in
      let json = try await gwctl("import", "-", "--as", "files", "--json", input: Self.list).json
      #expect(json["added"] as? Int == 2 && json["bundle"] == nil)
      try #expect(gwctl.files == ["one.yaml", "two.yaml"])
      try #expect(gwctl.text("one.yaml") == "key: \"\(Keys.first)\"\n")
      try #expect(gwctl.mode("one.yaml") == 0o600)
    }
  }

  @Test func `adds to a bundle that is there`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("# mine\none:\(Keys.first)", to: "fleet.psk")
      _ = try await gwctl("import", "-", "--name", "fleet", input: Self.list)
      try #expect(gwctl.text("fleet.psk") == "# mine\n" + Self.list)
    }
  }

  @Test func `tells every problem with its line, and writes nothing`() async throws {
    try await withGwctl { gwctl in
      try gwctl.put("one:\(Keys.first)\nbad\ntwo:00\n", "l.psk")
      let outcome = try await gwctl("import", gwctl.path("l.psk"))
      #expect(outcome.status == 1)
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.first?.hasPrefix("\(gwctl.path("l.psk")):2: error: has no ':'") == true)
      #expect(lines.last?.hasPrefix("\(gwctl.path("l.psk")):3: error: the key is short") == true)
      #expect(
        outcome.errorOutput
          == "gwctl: 2 errors, and nothing was written: mend what stands above (keys that are no hex: "
          + "--format stunnel, or emqx)\n")
      try #expect(gwctl.files == [])
    }
  }

  @Test(arguments: [("bundle", "two:\(Keys.second)\none:\(Keys.third)\n"), ("files", nil)])
  func `refuses, leaves or replaces what is there`(_ shape: String, _ bundle: String?) async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("import", "-", "--as", shape, input: Self.list)
      let list = "one:\(Keys.third)\ntwo:\(Keys.second)\n"
      let refused = try await gwctl("import", "-", "--as", shape, input: list)
      #expect(refused.status == 1)
      #expect(refused.output.contains("standard input:1: error: device 'one' is there already, and otherwise ("))
      let skipped = try await gwctl("import", "-", "--as", shape, "--skip-existing", "--json", input: list).json
      #expect(skipped["skipped"] as? Int == 1 && skipped["unchanged"] as? Int == 1)
      try await #expect(key(of: "one", gwctl) == Keys.first)
      let replaced = try await gwctl("import", "-", "--as", shape, "--replace", "--json", input: list).json
      #expect(replaced["replaced"] as? Int == 1 && replaced["unchanged"] as? Int == 1)
      try await #expect(key(of: "one", gwctl) == Keys.third)
      if let bundle { try #expect(gwctl.text("imported.psk") == bundle) }
    }
  }

  @Test func `replaces a bundle's entry with a file, and keeps what a list of lines does not say`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.list, to: "f.psk")
      try gwctl.write("key: \"\(Keys.third)\"\nlabels: {site: north}\n", to: "three.yaml")
      let new = "one:\(Keys.third)\nthree:\(Keys.first)\n"
      let outcome = try await gwctl("import", "-", "--as", "files", "--replace", input: new)
      #expect(outcome.status == 0)
      try #expect(gwctl.text("f.psk") == "two:\(Keys.second)\n")
      try await #expect(key(of: "one", gwctl) == Keys.third)
      try await #expect(key(of: "three", gwctl) == Keys.first)
      try #expect(gwctl.text("three.yaml").contains("\"site\": \"north\""))
      try #expect(gwctl.files == ["f.psk", "one.yaml", "three.yaml"])
    }
  }

  private static let clashes: [(list: String, arguments: [String], problem: String)] = [
    ("id,identity,key\nx,one,F", [], ":2: error: identity 'one' is already that of device 'one'"),
    ("id,identity,key\nx,one,F", ["--replace"], ":2: error: identity 'one' is already that of device 'one'"),
    ("id,key\none,F", ["--as", "bundle", "--replace"], ":2: error: device 'one' is in "),
    ("id,key,labels.x\nnew,F,y", ["--as", "bundle"], ":2: error: device 'new' is more than an identity and its key"),
    ("id,identity,key\nnew,other,F", ["--as", "bundle"], ":2: error: device 'new' is more than an identity"),
    ("id,identity,key\n,\"a:b\",F", ["--as", "bundle"], ":2: error: identity 'a%3Ab' cannot stand in a bundle: "),
    ("id,key\nbroken,F", [], ":2: error: "),
  ]

  @Test(arguments: clashes)
  func `tells what is in the way`(_ list: String, _ arguments: [String], _ problem: String) async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.list, to: "f.psk")
      try gwctl.write("nonsense", to: "broken.yaml")
      try gwctl.put(list.replacing("F", with: Keys.third), "l.csv")
      let outcome = try await gwctl.plain(["--devices", gwctl.devices, "import", gwctl.path("l.csv")] + arguments)
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix(gwctl.path("l.csv")) && outcome.output.contains(problem))
      try #expect(gwctl.files == ["broken.yaml", "f.psk"])
    }
  }

  @Test func `looks without writing, even where it may not write`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("import", "-", "--dry-run", input: Self.list)
      #expect(outcome.status == 0)
      #expect(
        outcome.complaints == [
          "Nothing is written; this would be done: 2 devices added to \(gwctl.devices)/imported.psk."
        ])
      let all = try FileManager.default.contentsOfDirectory(atPath: gwctl.devices)
      #expect(all == [])
    }
  }

  @Test(arguments: [
    (["import"], "gwctl import --help"), (["import", "x", "--format", "xml"], "gwctl import --help"),
    (["import", "x", "--replace", "--skip-existing"], "gwctl import --help"),
    (["import", "x", "--as", "files", "--name", "y"], "gwctl import --help"),
    (["export", "--format", "psk"], "gwctl export --help"), (["export", "--format", "emqx"], "gwctl export --help"),
    (["export", "--format", "csv", "--json"], "gwctl export --help"),
  ])
  func `refuses a wrong command line`(_ arguments: [String], _ help: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(arguments)
      #expect(outcome.status == 64 && outcome.complaints.count == 1)
      #expect(outcome.errorOutput.hasSuffix("(see '\(help)')\n"))
    }
  }

  @Test func `does not let keys be typed at a terminal`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.atTerminal("import", "-", answer: "")
      #expect(outcome.status == 1 && outcome.output.contains("standard input is a terminal"))
    }
  }

  @Test(arguments: ["../x", ".x", "a/b", ""])
  func `takes no bundle's name that leads elsewhere`(_ name: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("import", "-", "--name", name, input: Self.list)
      #expect(outcome.status == 1 && outcome.complaints.count == 1)
      #expect(outcome.errorOutput.contains("is not a bundle's name"))
    }
  }

  private func key(of id: String, _ gwctl: Gwctl) async throws -> String? {
    try await gwctl("show-device", id, "--reveal-key", "--json").json["key"] as? String
  }
}
