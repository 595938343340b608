import ArgumentParser
import Devices
import Model
import Platform

/// Retires old keys in devices.d.
struct RotationFinish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finish",
    abstract: "Retire the old keys of devices that have moved to their new ones.",
    discussion: """
      The gateway does it by itself, unless it may not write to the directory. Devices that are named and have not moved \
      are cut off until they have the new key: on a terminal it asks first, elsewhere it wants --force.

      With --json: finished, changed (ids of devices that somebody else has changed meanwhile), gateway (state: taken, \
      not_running or unknown).

      Example:
        gwctl rotation finish
      """)

  @Argument(
    help: "Ids of devices. (default: all that have moved)", completion: .deviceID, transform: DeviceID.init)
  var ids: [DeviceID] = []

  @Flag(help: "Also devices that have not moved: all of them, if none is named.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let directory = common.directory
    let contents = try directory.load()
    let chosen = try chosen(from: RotationsUnderWay(in: contents.table, state: common.state).entries) {
      Failure.missing($0, in: directory, contents)
    }
    try checkMoved(chosen)
    let (finished, changed) = try finish(chosen, in: directory)
    let uptake = await Uptake.ask(common.client)
    if common.json {
      try printJSON(FinishedDevices(finished: finished.map(\.name), changed: changed.map(\.name), gateway: uptake))
    } else {
      remark("Retired the old \(finished.count == 1 ? "key of 1 device" : "keys of \(finished.count) devices").")
      if ids.isEmpty, !force, finished.isEmpty {
        remark("The gateway does it by itself and left none: 'gwctl rotation status' shows who has not moved.")
      }
      for id in changed { warn("\(id) was changed meanwhile by somebody else, and stays as it is now") }
      uptake.tell()
    }
  }

  private func chosen(
    from rotations: [RotationsUnderWay.Entry], unless missing: (DeviceID) -> Failure
  ) throws -> [RotationsUnderWay.Entry] {
    guard !ids.isEmpty else { return rotations.filter { force || $0.movedAt != nil } }
    let byID = Dictionary(uniqueKeysWithValues: rotations.map { ($0.device.id, $0) })
    return try Set(ids).sorted().map { id in
      if let rotation = byID[id] { return rotation }
      throw try common.directory.load().table.device(id) == nil ? missing(id) : DevicesError.notRotating(id)
    }
  }

  private func checkMoved(_ rotations: [RotationsUnderWay.Entry]) throws(Failure) {
    let stragglers = rotations.filter { $0.movedAt == nil }.map(\.device.id)
    guard !force, !stragglers.isEmpty else { return }
    guard StandardStream.input.isTerminal else { throw .notMoved(stragglers) }
    try confirm(
      "\(stragglers.map(\.name).joined(separator: ", ")): not seen with the new key. Retire the old one all the same?",
      unless: false)
  }

  private func finish(
    _ rotations: [RotationsUnderWay.Entry], in directory: DeviceDirectory
  ) throws(DevicesError) -> (finished: [DeviceID], changed: [DeviceID]) {
    let outcomes = directory.finish(
      Dictionary(uniqueKeysWithValues: rotations.map { ($0.device.id, $0.fingerprint) }))
    var (finished, changed) = ([DeviceID](), [DeviceID]())
    for (id, outcome) in outcomes.sorted(by: { $0.key < $1.key }) {
      switch outcome {
      case .written: finished.append(id)
      case .gone: changed.append(id)
      case .failed(let error): throw error
      }
    }
    return (finished, changed)
  }
}

/// The JSON of rotations that were finished.
private struct FinishedDevices: Encodable {
  let finished: [String]
  let changed: [String]
  let gateway: Uptake
}
