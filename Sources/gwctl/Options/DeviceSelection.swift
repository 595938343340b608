import ArgumentParser
import Devices
import Model

/// Which devices a command is for: those that are named, or those with labels.
struct DeviceSelection: ParsableArguments {
  @Argument(help: "Their ids.", completion: .deviceID, transform: DeviceID.init)
  var ids: [DeviceID] = []

  @Option(
    help: .init(
      "Instead of ids: all devices with this label; may be given several times, and they have them all then.",
      valueName: "name=value"))
  var label: [Label] = []

  func validate() throws {
    guard ids.isEmpty != label.isEmpty else { throw ValidationError("Give ids, or --label.") }
    _ = try label.byName()
  }

  /// Enables the devices, or disables them.
  ///
  /// - Returns: those that were changed, and those that were so already.
  /// - Throws: ``Failure`` if one is missing, before anything is changed.
  func setEnabled(
    _ isEnabled: Bool, in directory: DeviceDirectory
  ) throws -> (changed: [DeviceID], unchanged: [DeviceID]) {
    try directory.naming { directory throws(DevicesError) in
      try directory.edit { editor throws(DevicesError) in
        let devices = try devices(in: editor)
        for device in devices { try editor.setEnabled(isEnabled, of: device.id) }
        return (
          devices.filter { $0.isEnabled != isEnabled }.map(\.id), devices.filter { $0.isEnabled == isEnabled }.map(\.id)
        )
      }
    }
  }

  private func devices(in editor: borrowing DeviceEditor) throws(DevicesError) -> [Device] {
    guard ids.isEmpty else {
      var devices: [Device] = []
      for id in ids where !devices.contains(where: { $0.id == id }) {
        guard let device = editor.device(id) else { throw .unknownDevice(id) }
        devices.append(device)
      }
      return devices
    }
    return editor.table.filter { device in label.allSatisfy { device.labels[$0.name] == $0.value } }
  }
}
