public import FoundationEssentials
public import Model
import Platform

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
    guard let known = device(id) else { throw .unknownDevice(id) }
    guard known.source?.kind == .file else {
      let next = Credential(identity: try self.identity(identity, for: known, key, atOnce), key: key)
      try update(id) { $0 = $0.taking(next, since, atOnce) }
      return device(id) ?? known
    }
    return try replaceCredentials(of: id) { editor, device throws(DevicesError) in
      let next = Credential(identity: try editor.identity(identity, for: device, key, atOnce), key: key)
      return device.taking(next, since, atOnce)
    } ?? known
  }

  /// Gives up a rotation: the old credential stays, the new one is dead.
  ///
  /// - Parameters:
  ///   - id: the device.
  ///   - fingerprint: the rotation that is meant.
  /// - Throws: ``DevicesError/notRotating(_:)`` if it is finished or given up by now;
  ///   ``DevicesError/changedMeanwhile(path:)`` if another was begun; ``DevicesError`` if there is no such device, or it
  ///   cannot be written.
  public mutating func cancelRotation(
    of id: DeviceID, _ fingerprint: RotationFingerprint
  ) throws(DevicesError) {
    let path = path(of: id)
    _ = try replaceCredentials(of: id) { _, device throws(DevicesError) in
      guard let found = RotationFingerprint(of: device) else { throw .notRotating(id) }
      guard found == fingerprint else { throw .changedMeanwhile(path: path) }
      var device = device
      (device.next, device.nextSince) = (nil, nil)
      return device
    }
  }

  private func identity(
    _ wanted: RotationIdentity, for device: Device, _ key: SecretBytes, _ atOnce: Bool
  ) throws(DevicesError) -> [UInt8] {
    if let next = device.next, !atOnce {
      throw .rotationUnderWay(device.id, to: Credential.display(next.identity), since: device.nextSince)
    }
    guard !device.key.isEqual(to: key), device.next?.key.isEqual(to: key) != true else { throw .keyInUse(device.id) }
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

  /// Gives the device in a file of its own other credentials: what `change` makes of what the file says now, or nothing
  /// if that is nil. Everything else in the file, comments too, stays as it is.
  ///
  /// - Returns: the device as it is now; nil if nothing was changed.
  /// - Throws: ``DevicesError``; what `change` throws.
  mutating func replaceCredentials(
    of id: DeviceID, _ change: (borrowing DeviceEditor, Device) throws(DevicesError) -> Device?
  ) throws(DevicesError) -> Device? {
    try Retry.whileChanged { () throws(DevicesError) in
      var (old, text, version) = try current(id)
      defer { wipe(&text) }
      guard let device = try change(self, old) else { return nil }
      try requireMasterKey()
      try checkIdentities(device)
      var edited = try edited(text, device)
      defer { wipe(&edited) }
      try write(edited, to: id.name + DeviceFile.suffix, expecting: .version(version))
      note(id, device)
      return device
    }
  }

  private func edited(_ text: [UInt8], _ device: Device) throws(DevicesError) -> [UInt8] {
    let edited = DeviceFile.text(text, settingCredentialsOf: device, path: path(of: device.id), sealer)
    if let edited { return edited }
    return try self.text(of: device)
  }
}

extension Device {
  /// The device with a rotation to `credential` begun, or finished.
  fileprivate func taking(_ credential: Credential, _ since: Date, _ atOnce: Bool) -> Device {
    var device = self
    device.next = credential
    device.nextSince = since
    return atOnce ? device.rotated : device
  }
}
