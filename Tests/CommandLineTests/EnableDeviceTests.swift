import TestSupport
import Testing

@testable import gwctl

@Suite struct EnableDeviceTests {
  @Test func `disables and enables devices, and says which were so already`() async throws {
    try await withGwctl { gwctl in
      for id in ["a", "b", "c"] { _ = try await gwctl("add-device", id) }
      let disabled = try await gwctl("disable-device", "a", "b", "a")
      #expect(disabled.status == 0 && disabled.output.isEmpty)
      #expect(disabled.complaints == ["a, b: disabled.", "No gateway was found running at \(gwctl.socket)."])
      let json = try await gwctl("disable-device", "b", "c", "--json").json
      #expect(json["disabled"] as? [String] == ["c"] && json["unchanged"] as? [String] == ["b"])
      try await #expect(enabled(gwctl) == [])
      let outcome = try await gwctl("enable-device", "c", "a")
      #expect(outcome.complaints.first == "c, a: enabled.")
      try await #expect(enabled(gwctl) == ["a", "c"])
      let again = try await gwctl("enable-device", "c", "--json").json
      #expect(again["enabled"] as? [String] == [] && again["unchanged"] as? [String] == ["c"])
    }
  }

  @Test func `takes all devices with labels`() async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a", "--label", "site=north", "--label", "kind=meter")
      _ = try await gwctl("add-device", "b", "--label", "site=north")
      let outcome = try await gwctl("disable-device", "--label", "site=north", "--label", "kind=meter")
      #expect(outcome.complaints.first == "a: disabled.")
      try await #expect(enabled(gwctl) == ["b"])
    }
  }

  @Test func `changes nothing where one of them is missing, and suggests the one that was meant`() async throws {
    try await withGwctl { gwctl in
      for id in ["sensor-1", "b"] { _ = try await gwctl("add-device", id) }
      let outcome = try await gwctl("disable-device", "b", "sensor-l")
      #expect(outcome.status == 1)
      #expect(
        outcome.errorOutput
          == "gwctl: there is no device 'sensor-l' in \(gwctl.devices): did you mean 'sensor-1'?\n")
      try await #expect(enabled(gwctl) == ["b", "sensor-1"])
    }
  }

  @Test(arguments: [[], ["a", "--label", "x=y"]])
  func `wants ids or labels`(_ arguments: [String]) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(["disable-device"] + arguments)
      #expect(outcome.status == 64)
      #expect(outcome.errorOutput == "gwctl: Give ids, or --label. (see 'gwctl disable-device --help')\n")
    }
  }

  private func enabled(_ gwctl: Gwctl) async throws -> [String] {
    try await gwctl("list-devices", "--json").jsonArray
      .filter { $0["enabled"] as? Bool == true }.compactMap { $0["id"] as? String }.sorted()
  }
}
