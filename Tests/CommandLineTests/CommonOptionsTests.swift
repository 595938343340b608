import TestSupport
import Testing

@testable import gwctl

@Suite struct CommonOptionsTests {
  @Test(arguments: [
    (["status"], "./state/control.sock"),
    (["--control", "/x/1", "status"], "/x/1"),
    (["status", "--control", "/x/1"], "/x/1"),
    (["--control", "/x/1", "status", "--control", "/x/2"], "/x/2"),
    (["--control", "/x/1", "--control", "/x/2", "status"], "/x/2"),
    (["--control=/x/1", "--json", "status"], "/x/1"),
    (["--json", "status", "--control", "/x/2"], "/x/2"),
  ])
  func `takes the later of what stands before and after the command`(
    _ arguments: [String], _ socket: String
  ) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(arguments)
      #expect(outcome.status == 1)
      #expect(
        outcome.errorOutput
          == "gwctl: no gateway was found running at \(socket): start gatewayd, or name its socket with --control\n")
    }
  }

  @Test(arguments: [
    (["STATE_DIRECTORY": "/var/lib/gateway"], [], "/var/lib/gateway/control.sock"),
    (["STATE_DIRECTORY": "/var/lib/a:/var/lib/b"], [], "/var/lib/a/control.sock"),
    (["STATE_DIRECTORY": "/var/lib/gateway"], ["--control", "/x"], "/x"),
    (["STATE_DIRECTORY": ""], [], "./state/control.sock"),
  ])
  func `looks for the gateway where systemd puts its state`(
    _ environment: [String: String], _ arguments: [String], _ socket: String
  ) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(["status"] + arguments, environment: environment)
      #expect(outcome.errorOutput.contains("running at \(socket):"))
    }
  }

  @Test(arguments: [
    ([:], ["show-device", "x"], "./devices.d"),
    (["GATEWAY_DEVICES": "./devices.d/."], ["show-device", "x"], "./devices.d/."),
    (["GATEWAY_DEVICES": "/nowhere"], ["--devices", "devices.d", "show-device", "x"], "devices.d"),
    (["GATEWAY_DEVICES": "/nowhere"], ["show-device", "x", "--devices", "devices.d"], "devices.d"),
  ])
  func `looks for devices where it is told`(
    _ environment: [String: String], _ arguments: [String], _ directory: String
  ) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(arguments, environment: environment)
      #expect(outcome.status == 1)
      #expect(outcome.errorOutput.hasPrefix("gwctl: there is no device 'x' in \(directory):"))
    }
  }

  @Test(arguments: [["--json", "list-devices"], ["list-devices", "--json"], ["--json", "list-devices", "--json"]])
  func `prints JSON wherever it is asked to`(_ arguments: [String]) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(arguments)
      try #expect(outcome.jsonArray.isEmpty)
    }
  }

  @Test func `says that a directory is missing`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(["--devices", "/nowhere", "list-devices"])
      #expect(outcome.status == 1)
      #expect(outcome.complaints.count == 1)
      #expect(outcome.errorOutput.contains("/nowhere"))
    }
  }
}
