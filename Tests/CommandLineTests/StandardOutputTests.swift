import TestSupport
import Testing

/// What is printed once must not get lost without a word.
@Suite struct StandardOutputTests {
  @Test(arguments: [
    ["list-devices"], ["list-devices", "--json"], ["show-device", "a"], ["add-device", "b"],
    ["add-device", "b", "--json"], ["rotate-key", "a"], ["rotate-key", "a", "--json"], ["rotation", "status"],
    ["check"], ["doctor"], ["export"],
  ])
  func `a full disk behind standard output is an error`(_ arguments: [String]) async throws {
    try await withGwctl { gwctl in
      _ = try await gwctl("add-device", "a")
      let words = [try builtProduct("gwctl"), "--devices", gwctl.devices, "--control", gwctl.socket] + arguments
      let line = words.map { "'\($0)'" }.joined(separator: " ") + " >/dev/full"
      let outcome = try await run("bash", ["-c", line])
      #expect(outcome.status == 1)
      #expect(outcome.complaints.last == "gwctl: write to standard output: No space left on device")
    }
  }
}
