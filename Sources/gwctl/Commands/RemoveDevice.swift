import ArgumentParser
import Devices
import Model

/// Removes a device, and its key with it.
struct RemoveDevice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove-device",
    abstract: "Remove a device and its key; its connection is closed.",
    discussion: """
      Asks first when standard input is a terminal.

      With --json: id, gateway (state: taken, not_running or unknown).

      Example:
        gwctl remove-device sensor-1
      """)

  @Argument(help: "Its id.", completion: .deviceID, transform: DeviceID.init)
  var id: DeviceID

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try confirm("Remove device \(id) and its key from \(common.directory.path)?", unless: yes)
    let directory = common.directory
    try directory.naming { directory throws(DevicesError) in try directory.remove(id) }
    let uptake = await Uptake.ask(common.client)
    if common.json {
      try printJSON(RemovedDevice(id: id.name, gateway: uptake))
    } else {
      remark("Removed \(id).")
      uptake.tell()
    }
  }
}

/// The JSON of a device that was removed.
private struct RemovedDevice: Encodable {
  let id: String
  let gateway: Uptake
}
