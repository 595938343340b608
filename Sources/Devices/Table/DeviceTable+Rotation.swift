public import Model

extension DeviceTable {
  /// The table with these rotations finished: their devices have the new credential alone. A device that has another
  /// rotation by now, or none, stays as it is.
  public func finishing(_ rotations: [DeviceID: RotationFingerprint]) -> DeviceTable {
    var index = index
    for (id, fingerprint) in rotations {
      guard let number = index.number(ofID: id), case .device(let place, _) = index.records.location(of: number),
        RotationFingerprint(of: index.records.devices[place]) == fingerprint
      else { continue }
      // The new identity is found by the number that it has, and the old one no longer is: each look-up compares it.
      index.replaceDevice(at: place, with: index.records.devices[place].rotated)
    }
    return DeviceTable(index)
  }
}
