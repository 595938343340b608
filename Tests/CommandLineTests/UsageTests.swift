import TestSupport
import Testing

@testable import gwctl

@Suite struct UsageTests {
  private static let commands = [
    "add-device", "list-devices", "show-device", "remove-device", "rotate-key", "rotation", "check", "make-master-key",
    "encrypt-keys",
    "decrypt-keys", "status", "why", "watch", "disconnect", "reload",
  ]

  @Test func `has the commands of the contract and no others`() async throws {
    try await withGwctl { gwctl in
      let help = try await gwctl.plain(["--help"]).output
      let subcommands = try #require(help.firstRange(of: "SUBCOMMANDS:"))
      let names = help[subcommands.upperBound...].matches(of: /\n  ([a-z][a-z-]*)/).map { String($0.output.1) }
      #expect(names == Self.commands)
    }
  }

  @Test(arguments: commands)
  func `helps with an example`(_ command: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain([command, "--help"])
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("\nExample:\n  gwctl \(command)"))
      #expect(outcome.output.contains("With --json: "))
      #expect(outcome.errorOutput.isEmpty)
    }
  }

  @Test func `helps when nothing is asked of it`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain([])
      #expect(outcome.status == 0)
      for command in Self.commands { #expect(outcome.output.contains("\n  \(command) ")) }
    }
  }

  @Test(arguments: [
    (["bogus"], "gwctl --help"), (["--bogus"], "gwctl --help"), (["add-device"], "gwctl add-device --help"),
    (["add-device", "a b"], "gwctl add-device --help"), (["add-device", "a%20b"], "gwctl add-device --help"),
    (["add-device", ".a"], "gwctl add-device --help"), (["add-device", "a", "b"], "gwctl add-device --help"),
    (["add-device", "a", "--for", "fridge"], "gwctl add-device --help"),
    (["add-device", "a", "--key-bytes", "15"], "gwctl add-device --help"),
    (["add-device", "a", "--key-bytes", "65"], "gwctl add-device --help"),
    (["add-device", "a", "--key-stdin", "--key-file", "f"], "gwctl add-device --help"),
    (["add-device", "a", "--key-stdin", "--key-bytes", "16"], "gwctl add-device --help"),
    (["add-device", "a", "--key", "00"], "gwctl add-device --help"),
    (["add-device", "a", "--label", "x"], "gwctl add-device --help"),
    (["add-device", "a", "--label", "x=1", "--label", "x=2"], "gwctl add-device --help"),
    (["add-device", "a", "--identity", ""], "gwctl add-device --help"),
    (["add-device", "a", "--identity", String(repeating: "x", count: 257)], "gwctl add-device --help"),
    (["add-device", "a", "--protocol", "coap"], "gwctl add-device --help"),
    (["add-device", "a", "--port", "65536"], "gwctl add-device --help"),
    (["rotate-key", "a", "--identity", "b", "--same-identity"], "gwctl rotate-key --help"),
    (["rotation", "finish", "a b"], "gwctl rotation --help"), (["rotation", "bogus"], "gwctl rotation --help"),
    (["show-device"], "gwctl show-device --help"), (["remove-device", ""], "gwctl remove-device --help"),
    (["--json", "list-devices", "--online", "--offline"], "gwctl list-devices --help"),
  ])
  func `refuses a wrong command line in one line with status 64`(_ arguments: [String], _ help: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(arguments)
      #expect(outcome.status == 64)
      #expect(outcome.output.isEmpty)
      #expect(outcome.complaints.count == 1)
      #expect(outcome.errorOutput.hasPrefix("gwctl: "))
      #expect(outcome.errorOutput.hasSuffix("(see '\(help)')\n"))
      try #expect(gwctl.files == [])
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `completes in the shell`(_ shell: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(["--generate-completion-script", shell])
      #expect(outcome.status == 0)
      for command in Self.commands { #expect(outcome.output.contains(command)) }
    }
  }

  @Test func `completes with a script that bash takes`() async throws {
    try await withGwctl { gwctl in
      let script = try await gwctl.plain(["--generate-completion-script", "bash"]).output
      let outcome = try await run("bash", ["-c", script + "\ncomplete -p gwctl"])
      #expect(outcome.status == 0)
      #expect(outcome.errorOutput.isEmpty)
    }
  }
}
