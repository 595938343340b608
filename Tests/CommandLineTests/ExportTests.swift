import Foundation
import TestSupport
import Testing

@testable import gwctl

@Suite struct ExportTests {
  private static let files = [
    "a.yaml": "key: \"\(Keys.first)\"\nlabels: {site: north}\n", "f.psk": "b c:\(Keys.second)\n",
    "off.yaml": "key: \"\(Keys.third)\"\nenabled: false\n",
  ]

  private func withFiles<Result>(_ body: (Gwctl) async throws -> Result) async throws -> Result {
    try await withGwctl { gwctl in
      for (name, text) in Self.files { try gwctl.write(text, to: name) }
      return try await body(gwctl)
    }
  }

  @Test func `writes JSON without keys unless they are asked for`() async throws {
    try await withFiles { gwctl in
      let outcome = try await gwctl("export")
      #expect(outcome.status == 0 && outcome.errorOutput.isEmpty)
      try #expect(outcome.jsonArray.compactMap { $0["id"] as? String } == ["a", "off", "b%20c"])
      for key in [Keys.first, Keys.second, Keys.third] { #expect(!outcome.output.contains(key)) }
      let revealed = try await gwctl("export", "--reveal-keys", "--label", "site=north", "--json").jsonArray
      #expect(revealed.map { $0["key"] as? String } == [Keys.first])
    }
  }

  @Test(arguments: ["json", "csv"])
  func `what is exported is imported again, and nothing has changed`(_ format: String) async throws {
    try await withFiles { gwctl in
      let file = gwctl.path("all.\(format)")
      let outcome = try await gwctl("export", "--output", file, "--reveal-keys")
      #expect(outcome.complaints == ["Wrote 3 devices to \(file)."])
      try #expect(gwctl.mode("../all.\(format)") == 0o600)
      let same = try await gwctl("import", file, "--json").json
      #expect(same["unchanged"] as? Int == 3 && same["added"] as? Int == 0)
      try await withGwctl { other in
        try await #expect(other("import", file).status == 0)
        let again = try await other("export", "--reveal-keys", "--format", format)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(records(again.output) == records(text))
      }
    }
  }

  /// The lines of a list in any order, without what stands between them.
  private func records(_ list: String) -> [String] {
    list.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: [","]) }.sorted()
  }

  @Test func `lines for Mosquitto leave out who may not connect, and say so`() async throws {
    try await withFiles { gwctl in
      let outcome = try await gwctl("export", "--format", "psk", "--reveal-keys")
      #expect(outcome.output == "a:\(Keys.first)\nb c:\(Keys.second)\n")
      #expect(outcome.complaints.count == 2 && outcome.complaints.allSatisfy { $0.hasPrefix("gwctl: warning: ") })
      let report = try await gwctl("export", "--output", gwctl.path("x.psk"), "--reveal-keys", "--json").json
      #expect(report["format"] as? String == "psk" && report["devices"] as? Int == 2)
      #expect((report["warnings"] as? [String])?.count == 2)
    }
  }

  @Test func `says what cannot be written, in one line`() async throws {
    try await withFiles { gwctl in
      try gwctl.write("identity: \"a:b\"\nkey: \"\(Keys.first)\"", to: "x.yaml")
      try FileManager.default.createSymbolicLink(atPath: gwctl.path("link.json"), withDestinationPath: "x.json")
      for arguments in [
        ["--format", "psk"], ["--output", "/nonexistent/x.json"], ["--output", "/dev/null"],
        ["--output", gwctl.path("link.json")],
      ] {
        let outcome = try await gwctl.plain(["--devices", gwctl.devices, "export", "--reveal-keys"] + arguments)
        #expect(outcome.status == 1 && outcome.complaints.count == 1)
      }
      try await #expect(run("stat", ["-c", "%F", "/dev/null"]).output == "character special file\n")
    }
  }
}
