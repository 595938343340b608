import ArgumentParser
import Devices
import Model

/// Lists the devices.
struct ListDevices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-devices",
    abstract: "List the devices.",
    discussion: """
      With --online or --offline also since when, and when and from where the device was last seen: the running gateway \
      and its last-seen store tell.

      With --json: an array of what 'show-device --json' prints; with --online or --offline also presence (online, since, \
      last_seen, end, address, tls, cipher).

      Example:
        gwctl list-devices --label site=north --offline
      """)

  @Option(help: .init("Only devices with this label; may be given several times.", valueName: "name=value"))
  var label: [Label] = []

  @OptionGroup var presenceOptions: PresenceOptions

  @OptionGroup var common: CommonOptions

  func validate() throws { _ = try label.byName() }

  func run() async throws {
    let contents = try common.directory.load()
    let devices = contents.table.lazy.filter(isWanted)
    if presenceOptions.areGiven {
      let presence = try await Presence(common, needsGateway: presenceOptions.online)
      let reports = devices.lazy.map { ($0, Self.presence(of: $0, presence)) }.filter {
        $1.online == presenceOptions.online
      }
      try show(
        reports.map { device, presence in DeviceReport(device, presence) },
        [
          "ID", "SEEN", "FROM", "TLS",
        ]
      ) { [$0.id] + ($0.presence?.cells ?? []) }
    } else if common.json {
      try printJSON(devices.map { DeviceReport($0) })
    } else {
      try print(
        Table(heads: ["ID", "IDENTITY", "PROTOCOL", "ENABLED", "LABELS"], rows: devices.map(\.row)).text, terminator: ""
      )
    }
    tellErrors(in: contents.problems)
  }

  private func show(_ reports: [DeviceReport], _ heads: [String], _ row: (DeviceReport) -> [String]) throws {
    if common.json { return try printJSON(reports) }
    try print(Table(heads: heads, rows: reports.map(row)).text, terminator: "")
  }

  private static func presence(of device: Device, _ presence: Presence) -> DeviceReport.Presence {
    presence.connection(of: device.id).map { .init($0) } ?? .init(presence.lastSeen(device.id))
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
