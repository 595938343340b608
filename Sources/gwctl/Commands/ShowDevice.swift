import ArgumentParser
import Devices
import Model

/// Shows one device.
struct ShowDevice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show-device",
    abstract: "Show one device.",
    discussion: """
      With --json: id, identity (left out if it is no UTF-8), identity_hex, key (only with --reveal-key), next (identity, \
      identity_hex, key, since), enabled, protocol, tls, from, sessions, max_sessions, labels, topics, publish, subscribe, quota \
      (messages_per_second, bytes_per_second, payload_bytes), ack, rotation, weak_key, file, line. What is as configured \
      for all devices is left out.

      Example:
        gwctl show-device sensor-1 --reveal-key
      """)

  @Argument(help: "Its id.", completion: .deviceID, transform: DeviceID.init)
  var id: DeviceID

  @Flag(help: "Show its key, too.")
  var revealKey = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let directory = common.directory
    let contents = try directory.load()
    guard let device = contents.table.device(id) else {
      throw Failure.missing(id, in: directory, contents)
    }
    if common.json {
      try printJSON(DeviceReport(device, revealsKey: revealKey))
    } else {
      try print(Table(rows: device.rows(revealsKey: revealKey)).text, terminator: "")
    }
  }
}
