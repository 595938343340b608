import ArgumentParser
import Control
import Model

/// Closes a device's connections.
struct Disconnect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disconnect",
    abstract: "Close the connections of a device, which may come back at once.",
    discussion: """
      Nothing is asked. To keep a device out, disable or remove it.

      With --json: device, closed (how many connections).

      Example:
        gwctl disconnect sensor-1
      """)

  @Argument(help: "Its id.", completion: .deviceID, transform: DeviceID.init)
  var id: DeviceID

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let report = try await common.client.disconnect(id)
    if common.json { return try printJSON(report) }
    if report.closed == 0 {
      try print("\(id) was not connected.")
    } else {
      try print(
        "Closed \(count(report.closed, "connection")) of \(id). It may come back: 'gwctl disable-device \(id)' keeps it out."
      )
    }
  }
}
