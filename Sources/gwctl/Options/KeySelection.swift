import ArgumentParser
import Model

/// Whose keys are encrypted or decrypted: named devices', or everybody's.
struct KeySelection: ParsableArguments {
  @Argument(help: "Whose keys.", completion: .deviceID, transform: DeviceID.init)
  var ids: [DeviceID] = []

  @Flag(help: "The keys of all devices.")
  var all = false

  func validate() throws {
    guard all != !ids.isEmpty else { throw ValidationError("Give either --all or the ids of devices.") }
  }

  /// The devices; nil: all.
  var devices: Set<DeviceID>? { all ? nil : Set(ids) }
}
