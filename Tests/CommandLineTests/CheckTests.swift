import TestSupport
import Testing

@testable import gwctl

@Suite struct CheckTests {
  private static let good = "key: \"9f86d081884c7d659a2feaa0c55ad015\"\n"

  @Test func `is content with good files`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.good, to: "a.yaml")
      let outcome = try await gwctl("check")
      #expect(outcome.status == 0)
      #expect(outcome.output == "1 device, no errors, 0 warnings.\n")
      #expect(outcome.errorOutput.isEmpty)
    }
  }

  @Test func `prints every problem with its place`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.good + "colour: red\n", to: "a.yaml")
      try gwctl.write("x:00\nok:a3bf4f1b2b0b822cd15d6c15b0f00a08\n", to: "b.psk")
      let outcome = try await gwctl("check")
      #expect(outcome.status == 1)
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.first?.hasPrefix("\(gwctl.devices)/a.yaml:2: error: ") == true)
      #expect(lines.last?.hasPrefix("\(gwctl.devices)/b.psk:1: error: ") == true)
      #expect(outcome.errorOutput == "gwctl: 2 errors and 0 warnings: mend what stands above\n")
    }
  }

  @Test func `succeeds with nothing but warnings`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"000102030405060708090a0b0c0d0e0f\"\n", to: "a.yaml")
      let outcome = try await gwctl("check")
      #expect(outcome.status == 0)
      #expect(outcome.output.hasPrefix("\(gwctl.devices)/a.yaml:1: warning: "))
      #expect(outcome.output.hasSuffix("\n1 device, no errors, 1 warning.\n"))
    }
  }

  @Test func `prints problems as JSON`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"00\"\n", to: "a.yaml")
      let outcome = try await gwctl("check", "--json")
      #expect(outcome.status == 1)
      let json = try outcome.json
      #expect(json["devices"] as? Int == 0)
      #expect(json["errors"] as? Int == 1)
      #expect(json["warnings"] as? Int == 0)
      let problem = try #require((json["problems"] as? [[String: Any]])?.first)
      #expect(problem.keys.sorted() == ["line", "message", "path", "severity"])
      #expect(problem["severity"] as? String == "error")
      #expect(problem["path"] as? String == gwctl.devices + "/a.yaml")
    }
  }

  @Test func `checks the configuration, too`() async throws {
    try await withGwctl { gwctl in
      let file = gwctl.directory + "/gateway.yaml"
      try write("listen: [127.0.0.1:8883]\nlimits:\n  backlog: -1\n", to: file)
      let outcome = try await gwctl("check", "--config", file)
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix("\(file):3: error: limits.backlog: "))
      let missing = try await gwctl("check", "--config", "/nowhere.yaml")
      #expect(missing.status == 1)
      #expect(missing.output.hasPrefix("/nowhere.yaml: error: "))
    }
  }

  @Test func `checks the environment, too`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(["check"], environment: ["GATEWAY_LISTN": "x"])
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix("GATEWAY_LISTN: error: unknown variable"))
    }
  }

  @Test func `looks where the configuration says, unless it is told`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write(Self.good, to: "a.yaml")
      let file = gwctl.directory + "/gateway.yaml"
      try write("devices: \(gwctl.devices)\n", to: file)
      let configured = try await gwctl.plain(["check", "--config", file, "--json"])
      try #expect(configured.json["devices"] as? Int == 1)
      try write("devices: /nowhere\n", to: file)
      let told = try await gwctl("check", "--config", file, "--json")
      try #expect(told.json["devices"] as? Int == 1)
    }
  }

  @Test func `lets files be readable by others where that is configured`() async throws {
    try await withGwctl { gwctl in
      try write(Self.good, to: gwctl.devices + "/a.yaml", mode: 0o644)
      try await #expect(gwctl("check").status == 1)
      let file = gwctl.directory + "/gateway.yaml"
      try write("devices:\n  allow_readable_by_others: true\n", to: file)
      try await #expect(gwctl("check", "--config", file).status == 0)
    }
  }

  @Test func `names a directory that is missing`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(["check", "--devices", "/nowhere"])
      #expect(outcome.status == 1)
      #expect(outcome.output == "/nowhere: error: open /nowhere: No such file or directory\n")
    }
  }
}
