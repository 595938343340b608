import Foundation
import TestSupport
import Testing

/// Files of devices.d that are refused, and links: no command brings into force what is in the one, or breaks the other.
struct RefusedFileTests {
  /// A command, and what it tells.
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    var input = ""
    var told: [String] = []

    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let refused: [Case] = [
    Case(arguments: ["remove-device", "d1"], told: ["bad.psk:1: error: is writable by others (mode 0666)"]),
    Case(arguments: ["disable-device", "d1"]),
    Case(arguments: ["rotate-key", "d1"]),
    Case(
      arguments: ["import", "-", "--as", "bundle", "--name", "bad"], input: "new:\(Keys.second)0a\n",
      told: ["bad.psk:1: error: is writable by others (mode 0666)"]),
    Case(
      arguments: ["import", "-", "--as", "files", "--replace"], input: "worse:\(Keys.second)0a\n",
      told: ["worse.yaml is there already, though it cannot be used"]),
    Case(arguments: ["disable-device", "worse"], told: ["worse"]),
    Case(
      arguments: ["encrypt-keys", "--all"],
      told: ["bad.psk:1: error: is writable by others", "worse.yaml:1: error: is writable by others"]),
  ]

  @Test(arguments: refused) func `a refused file stays as it is, and is told`(_ command: Case) async throws {
    let files = ["bad.psk": "d1:\(Keys.second)\nevil:\(Keys.third)\n", "worse.yaml": "key: \"\(Keys.third)00\"\n"]
    try await withGwctl { gwctl in
      try gwctl.write("d1:\(Keys.first)\n", to: "good.psk")
      for (name, text) in files {
        try gwctl.write(text, to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: "\(gwctl.devices)/\(name)")
      }
      try await check(command, gwctl)
      for (name, text) in files {
        try #expect(gwctl.text(name) == text)
        try #expect(gwctl.mode(name) == 0o666)
      }
    }
  }

  private static let linked: [Case] = [
    Case(arguments: ["disable-device", "s"], told: ["s.yaml:1: error: is a link to real.conf: edit that file"]),
    Case(arguments: ["rotate-key", "s"], told: ["s.yaml:1: error: is a link to real.conf: edit that file"]),
    Case(arguments: ["remove-device", "l"], told: ["f.psk:1: error: is a link to lines.conf: edit that file"]),
    Case(arguments: ["disable-device", "l"], told: ["f.psk:1: error: is a link to lines.conf: edit that file"]),
    Case(
      arguments: ["import", "-", "--as", "bundle", "--name", "f"], input: "new:\(Keys.second)0a\n",
      told: ["f.psk:1: error: is a link to lines.conf: edit that file"]),
    Case(
      arguments: ["import", "-", "--as", "files", "--replace"], input: "s:\(Keys.second)0a\n",
      told: ["s.yaml:1: error: is a link to real.conf: edit that file"]),
    Case(
      arguments: ["encrypt-keys", "--all"],
      told: ["f.psk:1: error: is a link to lines.conf: edit", "s.yaml:1: error: is a link to real.conf: edit"]),
  ]

  @Test(arguments: linked) func `a link stays a link, and is told`(_ command: Case) async throws {
    let files = ["real.conf": "key: \"\(Keys.first)\"\n", "lines.conf": "l:\(Keys.third)\n"]
    let links = ["s.yaml": "real.conf", "f.psk": "lines.conf"]
    try await withGwctl { gwctl in
      for (name, text) in files { try gwctl.write(text, to: name) }
      for (name, target) in links {
        try FileManager.default.createSymbolicLink(
          atPath: "\(gwctl.devices)/\(name)", withDestinationPath: target)
      }
      try await check(command, gwctl)
      for (name, text) in files { try #expect(gwctl.text(name) == text) }
      for (name, target) in links {
        try #expect(FileManager.default.destinationOfSymbolicLink(atPath: "\(gwctl.devices)/\(name)") == target)
      }
      try #expect(gwctl.files == (Array(files.keys) + Array(links.keys)).sorted())
    }
  }

  private func check(_ command: Case, _ gwctl: Gwctl) async throws {
    try gwctl.put(Keys.first + Keys.second, "master.key")
    let isSealed = command.arguments[0] == "encrypt-keys"
    let outcome = try await gwctl.plain(
      ["--devices", gwctl.devices, "--control", gwctl.socket] + command.arguments, input: command.input,
      environment: isSealed ? ["GATEWAY_DEVICES_MASTER_KEY_FILE": gwctl.path("master.key")] : [:])
    let told = outcome.output + outcome.errorOutput
    #expect((outcome.status == 0) == command.told.isEmpty, "\(told)")
    for words in command.told { #expect(told.contains(words), "\(told)") }
  }
}
