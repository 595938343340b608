import ArgumentParser
import Devices
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

  /// Writes their keys in another form.
  ///
  /// - Throws: ``Failure`` if one is missing, before anything is changed; ``DevicesError``.
  func rewrite(as form: KeyForm, in directory: DeviceDirectory) throws -> KeyRewriting {
    do {
      return try directory.rewriteKeys(as: form, of: all ? nil : Set(ids))
    } catch .unknownDevice(let id) {
      throw Failure.missing(id, in: directory, try directory.load())
    }
  }
}
