import ArgumentParser
import Devices
import Model

/// Lets devices connect again.
struct EnableDevice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable-device",
    abstract: "Let devices connect again.",
    discussion: """
      Nothing else in their files is touched. All of them are there, or nothing is changed.

      With --json: enabled, unchanged (ids), gateway (state: taken, not_running or unknown).

      Example:
        gwctl enable-device sensor-1
      """)

  @OptionGroup var selection: DeviceSelection
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let (changed, unchanged) = try selection.setEnabled(true, in: common.directory)
    let uptake = await Uptake.ask(common.client)
    if common.json {
      try printJSON(Enabled(enabled: changed.map(\.name), unchanged: unchanged.map(\.name), gateway: uptake))
    } else {
      tell(changed, unchanged, "enabled", uptake)
    }
  }
}

/// Keeps devices out.
struct DisableDevice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable-device",
    abstract: "Keep devices out until they are enabled; their connections are closed.",
    discussion: """
      Their keys and everything else stay. An entry of a bundle becomes a file of its own. All of them are there, or nothing \
      is changed.

      With --json: disabled, unchanged (ids), gateway (state: taken, not_running or unknown).

      Example:
        gwctl disable-device --label site=north
      """)

  @OptionGroup var selection: DeviceSelection
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let (changed, unchanged) = try selection.setEnabled(false, in: common.directory)
    let uptake = await Uptake.ask(common.client)
    if common.json {
      try printJSON(Disabled(disabled: changed.map(\.name), unchanged: unchanged.map(\.name), gateway: uptake))
    } else {
      tell(changed, unchanged, "disabled", uptake)
    }
  }
}

private func tell(_ changed: [DeviceID], _ unchanged: [DeviceID], _ word: String, _ uptake: Uptake) {
  if !changed.isEmpty { remark("\(list(changed)): \(word).") }
  if !unchanged.isEmpty { remark("\(list(unchanged)): \(word) already.") }
  uptake.tell()
}

/// Up to three names; else how many.
private func list(_ ids: [DeviceID]) -> String {
  ids.count > 3 ? count(ids.count, "device") : ids.map(\.name).joined(separator: ", ")
}

/// The JSON of devices that were enabled.
private struct Enabled: Encodable {
  let enabled: [String]
  let unchanged: [String]
  let gateway: Uptake
}

/// The JSON of devices that were disabled.
private struct Disabled: Encodable {
  let disabled: [String]
  let unchanged: [String]
  let gateway: Uptake
}
