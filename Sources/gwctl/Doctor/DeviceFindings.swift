import Devices
import FoundationEssentials
import Model
import Storage

/// What is wrong with the devices: their keys, and how they connect.
struct DeviceFindings {
  /// What was found.
  private(set) var all: [Finding] = []
  private let common: CommonOptions
  private let lastSeen: [DeviceID: LastSeen]
  private var keys = KeyExamination()

  /// How long a device may be away, in days.
  private static let patience = 90

  /// Looks at every device in `table`.
  init(_ table: DeviceTable, lastSeen: [DeviceID: LastSeen]?, _ common: CommonOptions) {
    self.common = common
    self.lastSeen = lastSeen ?? [:]
    for device in table {
      lookAtKeys(of: device)
      lookAtRotation(of: device)
      if let last = self.lastSeen[device.id], device.isEnabled {
        lookAtAbsence(of: device, last)
        lookAtSuite(of: device, last)
      }
    }
  }

  private mutating func lookAtKeys(of device: Device) {
    for weakness in keys.examine(device) {
      all.append(
        Finding(
          weakness.name, .error, device, weakness.description, command: common.gwctl("rotate-key", device.id.name)))
    }
  }

  private mutating func lookAtRotation(of device: Device) {
    guard let next = device.next else { return }
    all.append(
      Finding(
        "rotation_unfinished", .warning, device,
        "has not connected with its new key (identity \(showable(identity: next.identity))): bring it there, or cut it off",
        command: common.gwctl("rotation", "finish", device.id.name)))
  }

  private mutating func lookAtAbsence(of device: Device, _ last: LastSeen) {
    let days = Int(Date.now.timeIntervalSince(last.seenAt) / 86_400)
    guard days >= Self.patience else { return }
    all.append(
      Finding(
        "device_unseen", .warning, device, "was last seen \(days) days ago: lock it out if it is gone",
        command: common.gwctl("disable-device", device.id.name)))
  }

  private mutating func lookAtSuite(of device: Device, _ last: LastSeen) {
    guard last.tlsVersion != "TLSv1.3", let fault = Self.fault(ofSuite: last.cipherSuite) else { return }
    all.append(
      Finding(
        "old_suite", .warning, device, "connects with \(last.cipherSuite), which has \(fault): see what else it offers",
        command: common.gwctl("why", device.id.name)))
  }

  /// What the preset `modern` leaves a suite of TLS 1.2 out for; nil if it does not.
  private static func fault(ofSuite name: String) -> String? {
    if !name.hasPrefix("ECDHE-") && !name.hasPrefix("DHE-") { return "no forward secrecy" }
    return ["GCM", "CCM", "CHACHA20"].contains { name.contains($0) } ? nil : "no authenticated encryption"
  }
}
