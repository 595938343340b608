import ArgumentParser
import Devices
import Model

/// Takes a new key back before the device has moved to it.
struct RotationCancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Give up the new key of a device, which keeps its old one.",
    discussion: """
      For a new key that got lost or known before the device had it. A device that has moved to its new key is refused: it \
      would be cut off. Asks first when standard input is a terminal.

      With --json: id, gateway (state: taken, not_running or unknown).

      Example:
        gwctl rotation cancel sensor-1
      """)

  @Argument(help: "Its id.", completion: .deviceID, transform: DeviceID.init)
  var id: DeviceID

  @Flag(help: "Also if the device has moved: it is cut off until it has its old key again.")
  var force = false

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let directory = common.directory
    let contents = try directory.load()
    guard let device = contents.table.device(id) else { throw Failure.missing(id, in: directory, contents) }
    guard let fingerprint = RotationFingerprint(of: device) else { throw DevicesError.notRotating(id) }
    try checkHasNotMoved(contents.table)
    try confirm("Give up the new key of \(id)?", unless: yes)
    try directory.edit { editor throws(DevicesError) in try editor.cancelRotation(of: id, fingerprint) }
    let uptake = await Uptake.ask(common.client)
    if common.json {
      try printJSON(CancelledRotation(id: id.name, gateway: uptake))
    } else {
      remark("\(id) keeps its old key; the new one is dead.")
      uptake.tell()
    }
  }

  private func checkHasNotMoved(_ table: DeviceTable) throws(Failure) {
    guard !force else { return }
    let rotation = RotationsUnderWay(in: table, state: common.state).entries.first { $0.device.id == id }
    if rotation?.movedAt != nil { throw .hasMoved(id) }
  }
}

/// The JSON of a rotation that was given up.
private struct CancelledRotation: Encodable {
  let id: String
  let gateway: Uptake
}
