import Devices
import Foundation
import Model
import TestSupport
import Testing

/// A command that writes, and a directory that it writes in.
struct FaultCase: Sendable, CustomTestStringConvertible {
  /// The command line.
  let arguments: [String]
  /// What is on its standard input.
  var input = ""

  var testDescription: String { arguments.joined(separator: " ") }

  /// Every way of writing; the directory is the same for all.
  static let all: [FaultCase] = [
    .init(arguments: ["add-device", "new"]),
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
      for (name, text) in Self.files { try gwctl.write(text, to: name) }
      let environment = fault.map { ["FAULT_AT": $0] } ?? [:]
      let options = ["--devices", gwctl.devices, "--control", gwctl.socket]
      return try await body(gwctl, try await gwctl.plain(options + arguments, input: input, environment: environment))
    }
  }
}

/// What is in a directory: each device as a list would have it, by id.
struct Records: Equatable {
  let byID: [DeviceID: String]
  let errors: [Problem]

  init(_ gwctl: Gwctl) throws {
    let (table, problems) = try DeviceDirectory(path: gwctl.devices).load()
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
  func lie(between old: Records, and new: Records) -> Bool {
    Set(byID.keys).union(old.byID.keys).union(new.byID.keys).allSatisfy { id in
      byID[id] == old.byID[id] || isNew(id, new)
    }
  }

  /// A device that is added gets a key of its own each time.
  private func isNew(_ id: DeviceID, _ new: Records) -> Bool {
    id.name == "new" && new.byID[id] != nil ? byID[id] != nil : byID[id] == new.byID[id]
  }
}
