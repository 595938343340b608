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
  /// Those whose keys are being rotated, and whether they have moved.
  private let rotations: [DeviceID: Bool]
  private var keys = KeyExamination()

  /// How long a device may be away, in days.
  private static let patience = 90

  /// Looks at every device in `table`.
  init(_ table: DeviceTable, lastSeen: [DeviceID: LastSeen]?, _ common: CommonOptions) {
    self.common = common
    self.lastSeen = lastSeen ?? [:]
    let entries = RotationsUnderWay(in: table, state: common.state).entries
    rotations = Dictionary(uniqueKeysWithValues: entries.map { ($0.device.id, $0.movedAt != nil) })
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
      let (advice, command) = remedy(for: weakness, of: device)
      all.append(
        Finding(
          weakness.name, .error, device, weakness.description + advice,
          command: common.gwctl(arguments: command + [device.id.name])))
    }
  }

  /// What mends a weak key: while one rotation is under way, another cannot begin.
  private func remedy(for weakness: KeyWeakness, of device: Device) -> (advice: String, command: [String]) {
    guard let hasMoved = rotations[device.id] else { return ("", ["rotate-key"]) }
    if hasMoved { return (": it has moved to its new key; write that down", ["rotation", "finish"]) }
    var next = KeyExamination()
    guard weakness != .notRotated, next.examine(device.rotated).isEmpty else {
      return (": give the new key up, then run 'gwctl rotate-key \(device.id)' again", ["rotation", "cancel"])
    }
    return (": it is being rotated: bring it to its new key, or cut it off", ["rotation", "finish"])
  }

  private mutating func lookAtRotation(of device: Device) {
    guard let next = device.next else { return }
    all.append(
      Finding(
        "rotation_unfinished", .warning, device,
        rotations[device.id] == true
          ? "has moved to its new key, which the gateway could not write: write it down"
          : "has not connected with its new key (identity \(showable(identity: next.identity))): bring it there, or cut it "
            + "off",
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
