import ArgumentParser
import TestSupport
import Testing

@testable import gwctl

@Suite struct UsageTests {
  /// The commands that the contract names, as far as they are there.
  private static let contract = [
    "add-device", "list-devices", "show-device", "enable-device", "disable-device", "remove-device", "import", "export",
    "rotate-key", "rotation status", "rotation finish", "check", "doctor", "status", "reload",
  ]
  /// All that there are, whoever added them: `rotation status` as two words.
  private static let commands = words(of: GatewayControl.self)

  private static func words(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.flatMap { inner in
      let name = inner.configuration.commandName ?? ""
      let deeper = words(of: inner).map { "\(name) \($0)" }
      return deeper.isEmpty ? [name] : deeper
    }
  }

  @Test func `has the commands of the contract, and help shows them all`() async throws {
    #expect(Set(Self.commands).isSuperset(of: Self.contract))
    try await withGwctl { gwctl in
      let help = try await gwctl.plain(["--help"]).output
      for command in Self.commands { #expect(help.contains("\n  \(command.prefix { $0 != " " }) ")) }
    }
  }

  @Test(arguments: commands)
  func `helps with an example`(_ command: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(command.split(separator: " ").map(String.init) + ["--help"])
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("\nExample:\n  gwctl \(command)"))
      #expect(outcome.output.contains("With --json: "))
      #expect(outcome.output.contains("--devices") && outcome.output.contains("--control"))
      #expect(outcome.errorOutput.isEmpty)
    }
  }

  @Test func `helps when nothing is asked of it`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain([])
      #expect(outcome.status == 0)
      for command in Self.contract { #expect(outcome.output.contains("\n  \(command.prefix { $0 != " " }) ")) }
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
    (["make-master-key", ""], "gwctl make-master-key --help"),
    (["make-master-key", "."], "gwctl make-master-key --help"),
    (["export", "--output", ""], "gwctl export --help"), (["export", "--output", "x/"], "gwctl export --help"),
    (["list-devices", "--devices", ""], "gwctl list-devices --help"),
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
      for command in Self.commands.flatMap({ $0.split(separator: " ") }) { #expect(outcome.output.contains(command)) }
    }
  }

  @Test(arguments: [
    ("show-devise", "show-device"), ("statsu", "status"), ("lst-devices", "list-devices"), ("improt", "import"),
  ])
  func `suggests the command that was meant`(_ typed: String, _ meant: String) async throws {
    try await withGwctl { gwctl in
      for arguments in [[typed], ["--json", typed, "x"], ["--devices", "status", typed, "x", "y"]] {
        let outcome = try await gwctl.plain(arguments)
        #expect(outcome.status == 64)
        #expect(
          outcome.errorOutput
            == "gwctl: there is no command '\(typed)': did you mean '\(meant)'? (see 'gwctl --help')\n")
      }
    }
  }
}
