import Devices
import FoundationEssentials
import Model
import Storage

/// The rotations that devices.d has, with what the gateway knows of them.
struct RotationsUnderWay {
  /// One of them.
  struct Entry {
    /// The device, with its next credential.
    let device: Device
    /// What takes over.
    let next: Credential
    /// Names the rotation.
    let fingerprint: RotationFingerprint
    /// When the device used its new key; nil if it has not.
    let movedAt: Date?
  }

  /// All of them, by id.
  let entries: [Entry]

  /// Looks for rotations in `table`; the gateway keeps what it could not write in its state directory `state`.
  init(in table: DeviceTable, state: String) {
    let finished = Self.finished(in: state)
    entries = table.compactMap { device in
      guard let next = device.next, let fingerprint = RotationFingerprint(of: device) else { return nil }
      let entry = finished[device.id].flatMap { $0.fingerprint == fingerprint.text ? $0 : nil }
      return Entry(device: device, next: next, fingerprint: fingerprint, movedAt: entry?.finishedAt)
    }.sorted { $0.device.id < $1.device.id }
  }

  private static func finished(in state: String) -> [DeviceID: FinishedRotations.Entry] {
    do {
      let finished = try FinishedRotations(readingIn: state)
      if finished.isDamaged {
        warn("\(state)/rotations is damaged: some devices may have moved that are not known to")
      }
      return finished.entries
    } catch {
      warn("which devices have moved is not known, if the gateway may not write to the directory: \(error)")
      return [:]
    }
  }
}
