import ArgumentParser
import Devices
import Foundation
import Model
import TestSupport
import Testing

@testable import gwctl

/// A command that writes, and a directory that it writes in.
struct FaultCase: Sendable, CustomTestStringConvertible {
  /// The command line.
  let arguments: [String]
  /// What is on its standard input.
  var input = ""
  /// Whether there is a master key.
  var isSealed = false

  var testDescription: String { arguments.joined(separator: " ") }

  /// What the directory has besides ``files``.
  var others: [String: String] = [:]

  /// The devices that get a random key, which is another in each run.
  var random: Set<String> = []

  /// Every way of writing; the directory is the same for all.
  static let all = always + (hasRotation ? rotations : [])

  private static let hasRotation = GatewayControl.configuration.subcommands.contains {
    $0.configuration.commandName == "rotate-key"
  }

  private static let rotations: [FaultCase] = [
    .init(arguments: ["rotate-key", "a"], random: ["a"]), .init(arguments: ["rotate-key", "b"], random: ["b"]),
    .init(arguments: ["rotate-key", "c", "--now"], random: ["c"]),
  ]

  private static let always: [FaultCase] = [
    .init(arguments: ["add-device", "new"], random: ["new"]),
    .init(arguments: ["remove-device", "a"]),
    .init(arguments: ["remove-device", "b"]),
    .init(arguments: ["disable-device", "a"]),
    .init(arguments: ["disable-device", "b", "c"]),
    .init(arguments: ["enable-device", "off"]),
    .init(
      arguments: ["import", "-", "--as", "bundle", "--name", "new"],
      input: "new:\(Keys.third)0a\nnewer:\(Keys.third)0b\n"),
    .init(
      arguments: ["import", "-", "--as", "bundle", "--name", "fleet", "--replace"],
      input: "new:\(Keys.third)0a\nb:\(Keys.third)0b\n"),
    .init(
      arguments: ["import", "-", "--as", "files", "--replace"],
      input: "new:\(Keys.third)0a\na:\(Keys.third)0b\nb:\(Keys.third)0c\noff:\(Keys.third)0d\n"),
    .init(arguments: ["encrypt-keys", "--all"], isSealed: true),
    .init(arguments: ["disable-device", "c"], isSealed: true),
    .init(arguments: ["add-device", "new"], isSealed: true, random: ["new"]),
  ]

  /// The files that the directory has at first.
  static let files = [
    "a.yaml": "# mine\nkey: \"\(Keys.first)\"\n", "off.yaml": "key: \"\(Keys.first)00\"\nenabled: false\n",
    "fleet.psk": "b:\(Keys.second)\nc:\(Keys.second)01\n",
  ]

  /// Runs the command with a new directory, and hands both to `body`.
  func run<Result>(
    faultAt fault: String? = nil, _ body: (Gwctl, Outcome) async throws -> Result
  ) async throws -> Result {
    try await withGwctl { gwctl in
      try Self.fill(gwctl)
      for (name, text) in others { try gwctl.write(text, to: name) }
      var environment = environment(gwctl)
      environment["FAULT_AT"] = fault
      let options = ["--devices", gwctl.devices, "--control", gwctl.socket]
      return try await body(gwctl, try await gwctl.plain(options + arguments, input: input, environment: environment))
    }
  }

  /// Writes what there is at first.
  static func fill(_ gwctl: Gwctl) throws {
    for (name, text) in files { try gwctl.write(text, to: name) }
    try gwctl.put(Keys.first + Keys.second, "master.key")
  }

  /// What the command finds in its environment.
  func environment(_ gwctl: Gwctl) -> [String: String] {
    isSealed ? ["GATEWAY_DEVICES_MASTER_KEY_FILE": gwctl.path("master.key")] : [:]
  }
}

extension DeviceDirectory {
  /// The directory as a gateway would read it that has the master key of the cases.
  static func withMasterKey(_ gwctl: Gwctl) -> DeviceDirectory {
    var options = DeviceDirectory.Options()
    options.masterKeys = .find(file: gwctl.path("master.key"), environment: [:])
    return DeviceDirectory(path: gwctl.devices, options: options)
  }
}

/// What is in a directory: each device as a list would have it, by id.
struct Records: Equatable {
  let byID: [DeviceID: String]
  let errors: [Problem]

  init(_ gwctl: Gwctl) throws {
    let (table, problems) = try DeviceDirectory.withMasterKey(gwctl).load()
    var byID: [DeviceID: String] = [:]
    for device in table {
      let export = try DeviceExport([device], format: .json, revealsKeys: true)
      byID[device.id] = export.text.withBytes { bytes in
        String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
      }
    }
    self.byID = byID
    errors = problems.filter { $0.severity == .error }
  }

  /// Whether each device is as in `old` or as in `new`, and none is lost that is in both.
  ///
  /// - Parameters:
  ///   - old: what there was before.
  ///   - new: what there is when nothing goes wrong.
  ///   - random: the devices that have another key in each run.
  /// - Returns: whether it is so.
  func lie(between old: Records, and new: Records, _ random: Set<String>) -> Bool {
    Set(byID.keys).union(old.byID.keys).union(new.byID.keys).allSatisfy { id in
      byID[id] == old.byID[id] || (random.contains(id.name) ? byID[id] != nil : byID[id] == new.byID[id])
    }
  }
}
