public import FoundationEssentials
public import Model

/// What a device presents once its rotation is finished.
public enum RotationIdentity: Sendable {
  /// Its id with a number (``Device/nextIdentity(unless:)``): an identity goes with exactly one key (BCP 243).
  case derived
  /// This one.
  case named([UInt8])
  /// The one that it has, for firmware that cannot change it.
  case kept
}

/// Rotations: two credentials for a while, then one.
extension DeviceEditor {
  /// Gives a device a new credential beside its old one: both are good until the device uses the new one. With
  /// `atOnce` the old one is dead, and with it what an earlier rotation brought.
  ///
  /// An entry of a bundle becomes a `NAME.yaml`; in a file, everything else, comments too, stays as it is.
  /// - Parameters:
  ///   - id: the device.
  ///   - identity: what it presents from then on.
  ///   - key: what it proves from then on.
  ///   - since: now, for those who look for devices that do not move.
  ///   - atOnce: whether the old credential is dead.
  /// - Returns: the device as it is now.
  /// - Throws: ``DevicesError`` if there is none, a rotation is under way, the identity is taken, identity or key are in
  ///   use, or it cannot be written.
  public mutating func rotate(
    _ id: DeviceID, to identity: RotationIdentity, key: SecretBytes, since: Date, atOnce: Bool
  ) throws(DevicesError) -> Device {
    guard let old = device(id) else { throw .unknownDevice(id) }
    if let next = old.next, !atOnce {
      throw .rotationUnderWay(id, to: Credential.display(next.identity), since: old.nextSince)
    }
    guard !old.key.isEqual(to: key), old.next?.key.isEqual(to: key) != true else { throw .keyInUse(id) }
    var device = old
    device.next = Credential(identity: try self.identity(identity, for: old), key: key)
    device.nextSince = since
    if atOnce { device = device.rotated }
    try replaceCredentials(device)
    return device
  }

  /// Gives up a rotation: the old credential stays, the new one is dead.
  ///
  /// - Throws: ``DevicesError`` if there is none, or it cannot be written. Without a rotation nothing happens.
  public mutating func cancelRotation(of id: DeviceID) throws(DevicesError) {
    guard var device = device(id) else { throw .unknownDevice(id) }
    guard device.next != nil else { return }
    device.next = nil
    device.nextSince = nil
    try replaceCredentials(device)
  }

  private func identity(_ wanted: RotationIdentity, for device: Device) throws(DevicesError) -> [UInt8] {
    switch wanted {
    case .derived: return device.nextIdentity { holder(of: $0) != nil }
    case .kept: return device.identity
    case .named(let identity):
      guard identity != device.identity, identity != device.next?.identity else {
        throw .identityInUse(device.id, identity: Credential.display(identity))
      }
      return identity
    }
  }

  private mutating func replaceCredentials(_ device: Device) throws(DevicesError) {
    guard device.source?.kind == .file else {
      try update(device.id) { $0 = device }
      return
    }
    try requireMasterKey()
    try checkIdentities(device)
    var text = try contents(of: device.id)
    defer { wipe(&text) }
    try rewrite(device, in: text)
    note(device.id, device)
  }

  /// Writes a device's file with other credentials than in `old`, its contents.
  func rewrite(_ device: Device, in old: [UInt8]) throws(DevicesError) {
    let path = path(of: device.id)
    guard var text = DeviceFile.text(old, settingCredentialsOf: device, path: path, sealer) else {
      try write(device, replacing: true)
      return
    }
    defer { wipe(&text) }
    try write(text, to: path, replacing: true)
  }
}
