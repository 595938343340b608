import ArgumentParser
import Devices
import Model

/// Lists the devices.
struct ListDevices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-devices",
    abstract: "List the devices.",
    discussion: """
      With --json: an array of what 'show-device --json' prints.

      Example:
        gwctl list-devices --label site=north
      """)

  @Option(help: .init("Only devices with this label; may be given several times.", valueName: "name=value"))
  var label: [Label] = []

  @OptionGroup var common: CommonOptions

  func validate() throws { _ = try label.byName() }

  func run() async throws {
    let contents = try common.directory.load()
    let devices = contents.table.lazy.filter(isWanted)
    if common.json {
      try printJSON(devices.map { DeviceReport($0) })
    } else {
      print(
        Table(heads: ["ID", "IDENTITY", "PROTOCOL", "ENABLED", "LABELS"], rows: devices.map(\.row)).text, terminator: ""
      )
    }
    tellErrors(in: contents.problems)
  }

  private func isWanted(_ device: Device) -> Bool {
    label.allSatisfy { device.labels[$0.name] == $0.value }
  }
}

extension Device {
  fileprivate var row: [String] {
    [id.name, showable(identity: identity), `protocol`.rawValue, isEnabled ? "yes" : "no", labelText]
  }
}
