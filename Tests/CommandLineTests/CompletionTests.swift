import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import gwctl

@Suite struct CompletionTests {
  private static let shown = [
    ("gwctl show-device s", ["sensor-1", "sensor-2", "shed%20door"]), ("gwctl show-device sensor-1", ["sensor-1"]),
    ("gwctl remove-device sh", ["shed%20door"]), ("gwctl disable-device sensor-1 m", ["meter"]),
    ("gwctl --json enable-device b", ["broken"]), ("gwctl show-device x", []), ("gwctl sho", ["show-device"]),
    ("gwctl show-device --rev", ["--reveal-key"]), ("gwctl add-device a --protocol m", ["mqtt"]),
  ]

  @Test(arguments: shown) func `completes ids in bash`(_ line: String, _ words: [String]) async throws {
    try await withGwctl { gwctl in
      try await fill(gwctl)
      try await #expect(complete(line, gwctl) == words)
    }
  }

  @Test func `looks in the directory that the line names`() async throws {
    try await withGwctl { gwctl in
      try await fill(gwctl)
      let line = "gwctl --devices \(gwctl.devices) show-device m"
      try await #expect(complete(line, gwctl, environment: [:]) == ["meter"])
      try await #expect(complete("gwctl --devices /nonexistent show-device m", gwctl) == [])
    }
  }

  @Test func `completes the ids of every command that takes them`() async throws {
    let script = try await withGwctl { try await $0.plain(["--generate-completion-script", "bash"]).output }
    for command in GatewayControl.configuration.subcommands {
      let help = command.helpMessage(columns: 1000)
      let name = command.configuration.commandName ?? ""
      guard name != "add-device", help.contains("USAGE: \(name)") || help.contains("<id>") || help.contains("[<ids>")
      else {
        continue
      }
      guard help.contains("<id>") || help.contains("<ids>") else { continue }
      #expect(script.contains("---completion \(name) -- positional@0"), "\(name) does not complete ids")
    }
  }

  private func fill(_ gwctl: Gwctl) async throws {
    for name in ["sensor-1", "sensor-2", "meter"] { try gwctl.write("key: \"\(Keys.first)\"", to: "\(name).yaml") }
    try gwctl.write("nonsense", to: "broken.yaml")
    try gwctl.write("shed door:\(Keys.second)\n", to: "fleet.psk")
    try gwctl.write("", to: ".tmp-1")
  }

  /// What a bash offers when the line is typed and Tab pressed.
  private func complete(_ line: String, _ gwctl: Gwctl, environment: [String: String]? = nil) async throws -> [String] {
    let script = try await gwctl.plain(["--generate-completion-script", "bash"]).output
    try gwctl.put(script, "completion.bash")
    let ask = #"""
      PATH=$1:$PATH; source completion.bash
      COMP_LINE=$2; COMP_POINT=${#2}; read -ra COMP_WORDS <<<"$2"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      function=$(complete -p gwctl); function=${function##*-F }; function=${function%% *}
      "$function" gwctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\n' "${COMPREPLY[@]}"
      """#
    let folder = URL(fileURLWithPath: try builtProduct("gwctl")).deletingLastPathComponent().path
    let outcome = try await run(
      "bash", ["--norc", "-c", ask, "bash", folder, line],
      environment: environment ?? ["GATEWAY_DEVICES": gwctl.devices], in: gwctl.directory)
    #expect(outcome.errorOutput.isEmpty)
    return outcome.output.split(separator: "\n").map(String.init)
  }
}
