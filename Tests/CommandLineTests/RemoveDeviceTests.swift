import TestSupport
import Testing

@testable import gwctl

@Suite struct RemoveDeviceTests {
  @Test func `removes the file, unasked where nobody could answer`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let outcome = try await gwctl("remove-device", "a")
      #expect(outcome.status == 0)
      #expect(outcome.output.isEmpty)
      #expect(outcome.complaints == ["Removed a.", "No gateway was found running at \(gwctl.socket)."])
      try #expect(gwctl.files == [])
    }
  }

  @Test func `removes a line of a bundle and leaves the others`() async throws {
    try await withGwctl { gwctl in
      let (one, two) = ("one:9f86d081884c7d659a2feaa0c55ad015\n", "two:a3bf4f1b2b0b822cd15d6c15b0f00a08\n")
      try gwctl.write(one + two, to: "b.psk")
      let json = try await gwctl("remove-device", "one", "--json").json
      #expect(json["id"] as? String == "one")
      #expect((json["gateway"] as? [String: String])?["state"] == "not_running")
      try await #expect(gwctl("list-devices", "--json").jsonArray.map { $0["id"] as? String } == ["two"])
    }
  }

  @Test func `removes a file that cannot be used`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("nonsense", to: "bad.yaml")
      try await #expect(gwctl("remove-device", "bad").status == 0)
      try #expect(gwctl.files == [])
    }
  }

  @Test(arguments: [("y", true), ("YES", true), ("n", false), ("", false), ("yep", false)])
  func `asks at a terminal`(_ answer: String, _ removes: Bool) async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let outcome = try await gwctl.atTerminal("remove-device", "a", answer: answer)
      #expect(outcome.status == (removes ? 0 : 1))
      #expect(outcome.output.contains("Remove device a and its key from \(gwctl.devices)? [y/N]"))
      #expect(outcome.output.contains("nothing was changed") == !removes)
      try #expect(gwctl.files == (removes ? [] : ["a.yaml"]))
    }
  }

  @Test func `does not ask when told not to`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let outcome = try await gwctl.atTerminal("remove-device", "a", "--yes", answer: "n")
      #expect(outcome.status == 0)
      #expect(!outcome.output.contains("[y/N]"))
      try #expect(gwctl.files == [])
    }
  }

  @Test func `suggests the id that was meant`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "sensor-1")
      let outcome = try await gwctl("remove-device", "sensor-l")
      #expect(outcome.status == 1)
      #expect(outcome.errorOutput.hasSuffix("did you mean 'sensor-1'?\n"))
      try #expect(gwctl.files == ["sensor-1.yaml"])
    }
  }
}
