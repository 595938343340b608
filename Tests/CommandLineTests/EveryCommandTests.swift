import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import gwctl

/// What holds for every command, whoever added it.
@Suite struct EveryCommandTests {
  private static let commands = words(of: GatewayControl.self)

  private static func words(of command: any ParsableCommand.Type) -> [[String]] {
    command.configuration.subcommands.flatMap { inner in
      let name = inner.configuration.commandName ?? ""
      let deeper = words(of: inner).map { [name] + $0 }
      return deeper.isEmpty ? [[name]] : deeper
    }
  }

  /// The commands that want nothing of the directory or the gateway.
  private static let others = ["make-master-key"]

  @Test(arguments: commands.filter { !others.contains($0[0]) })
  func `fails in one line, wherever the options stand`(_ command: [String]) async throws {
    try await withGwctl { gwctl in
      let options = ["--devices", "/nonexistent", "--control", "/nonexistent/control.sock"]
      let help = try await gwctl.plain(command + ["--help"]).output
      let takesOne = help.contains(/USAGE: gwctl [a-z -]+(\[<options>\] )?</) || help.contains("[<ids> ...]")
      let arguments = takesOne ? ["x"] : []
      let before = try await gwctl.plain(options + command + arguments)
      let after = try await gwctl.plain(command + arguments + options)
      for outcome in [before, after] {
        #expect(outcome.status == 1 || command.last == "check")
        #expect(outcome.complaints.count == 1)
        #expect(outcome.errorOutput.hasPrefix("gwctl: "))
      }
      #expect(before.errorOutput == after.errorOutput)
      let json = try await gwctl.plain(["--json"] + command + arguments + options)
      #expect(json.errorOutput == before.errorOutput)
    }
  }

  @Test(
    arguments: commands.filter {
      ["add", "remove", "enable", "disable", "list", "show", "import", "export"].contains($0[0].prefix { $0 != "-" })
    })
  func `says what to do where there is no directory`(_ command: [String]) async throws {
    try await withGwctl { gwctl in
      let arguments = ["list-devices", "export"].contains(command[0]) ? [] : [command[0] == "import" ? "-" : "x"]
      let outcome = try await gwctl.plain(command + arguments + ["--devices", "/nonexistent"])
      #expect(
        outcome.errorOutput
          == "gwctl: open /nonexistent: No such file or directory: make the directory (mkdir -m 700), "
          + "or name another with --devices\n")
    }
  }

  @Test(arguments: commands)
  func `refuses an option that there is not, and says whose help to read`(_ command: [String]) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.plain(command + ["--no-such-option"])
      #expect(outcome.status == 64 && outcome.complaints.count == 1)
      #expect(outcome.errorOutput.hasSuffix("(see 'gwctl \(command[0]) --help')\n"))
    }
  }

  @Test(arguments: [
    ["show-device"], ["remove-device"], ["enable-device"], ["disable-device"], ["encrypt-keys"], ["decrypt-keys"],
    ["disable-device", "b"],
  ])
  func `suggests the id that was meant`(_ command: [String]) async throws {
    try await withGwctl { gwctl in
      for id in ["sensor-1", "b"] { _ = try await gwctl("add-device", id) }
      try gwctl.put(Keys.first + Keys.second, "master.key")
      let options = ["--devices", gwctl.devices, "--master-key-file", gwctl.path("master.key")]
      let outcome = try await gwctl.plain(options + command + ["sensor-l"])
      #expect(outcome.status == 1)
      #expect(
        outcome.errorOutput == "gwctl: there is no device 'sensor-l' in \(gwctl.devices): did you mean 'sensor-1'?\n")
      try #expect(gwctl.files == ["b.yaml", "sensor-1.yaml"])
    }
  }
}
