public import Model
import Platform

/// Changes devices.d, under its lock. Made by ``DeviceDirectory/edit(_:)``.
public struct DeviceEditor: ~Copyable {
  /// The devices as they were when the lock was taken; the editor's own changes are not in it.
  public let table: DeviceTable
  /// The directory.
  let directory: Directory
  let options: DeviceDirectory.Options
  /// Seals and opens keys.
  let sealer: KeySealer
  /// Whether keys of the directory are sealed, and no master key is there for others.
  let lacksMasterKey: Bool
  /// What the editor has changed: devices as they are now, or nil for those that are gone.
  private var changes: [DeviceID: Device?] = [:]
  /// Whose the identities of ``changes`` are.
  private var identities: [[UInt8]: DeviceID] = [:]

  /// An editor of `directory`, in whose files `tally` was met.
  init(
    _ directory: Directory, _ options: DeviceDirectory.Options, _ sealer: KeySealer, table: DeviceTable,
    _ tally: SealTally
  ) {
    self.directory = directory
    self.options = options
    self.sealer = sealer
    self.table = table
    lacksMasterKey = sealer.versions.isEmpty && !tally.missing.isEmpty
  }

  /// The device with this id, with the editor's own changes.
  public func device(_ id: DeviceID) -> Device? { changes[id] ?? table.device(id) }

  /// Adds a device as `NAME.yaml`.
  ///
  /// - Throws: ``DevicesError`` if its id or an identity of it is taken, or it cannot be written.
  public mutating func add(_ device: Device) throws(DevicesError) {
    try checkIsFree(device)
    var text = try self.text(of: device)
    defer { wipe(&text) }
    try write(text, to: device.id.name + DeviceFile.suffix, expecting: .nothing)
    note(device.id, device)
  }

  /// Adds devices as a bundle, `NAME.psk`, which holds nothing of them but identity and key.
  ///
  /// - Throws: ``DevicesError`` if the file is there, an id or identity is taken, or it cannot be written.
  public mutating func addBundle(named name: String, _ credentials: [Credential]) throws(DevicesError) {
    let file = try Self.file(ofBundle: name)
    let before = (changes, identities)
    do throws(DevicesError) {
      try requireMasterKey()
      var text = try BundleText.text(of: credentials, sealer)
      defer { wipe(&text) }
      for (index, credential) in credentials.enumerated() {
        let source = Source(kind: .bundle, path: "\(directory.path)/\(file)", line: index + 1)
        let device = try Self.entry(credential, source)
        try checkIsFree(device)
        note(device.id, device)
      }
      try write(text, to: file, expecting: .nothing)
    } catch {
      (changes, identities) = before
      throw error
    }
  }

  /// Changes a device's fields; not its id. A bundle's entry becomes a `NAME.yaml`, and its line is taken out.
  ///
  /// The device is read anew, so that nothing is lost of what somebody else has written since the lock was taken; where a
  /// file changes between that reading and the writing, `change` is called again.
  /// - Throws: ``DevicesError`` if there is none, a new identity is taken, or it cannot be written.
  public mutating func update(_ id: DeviceID, _ change: (inout Device) -> Void) throws(DevicesError) {
    guard let known = device(id) else { throw .unknownDevice(id) }
    if known.source?.kind == .bundle { return try move(known, change) }
    try Retry.whileChanged { () throws(DevicesError) in
      var (device, old, version) = try current(id)
      wipe(&old)
      change(&device)
      device.id = id
      try checkIdentities(device)
      var text = try self.text(of: device)
      defer { wipe(&text) }
      try write(text, to: id.name + DeviceFile.suffix, expecting: .version(version))
      note(id, device)
    }
  }

  /// Lets a device connect, or no longer. An entry of a bundle that is to be disabled becomes a `NAME.yaml`; in a file,
  /// everything else, comments too, stays as it is.
  ///
  /// - Throws: ``DevicesError`` if there is none, or it cannot be written.
  public mutating func setEnabled(_ isEnabled: Bool, of id: DeviceID) throws(DevicesError) {
    guard let known = device(id) else { throw .unknownDevice(id) }
    if known.source?.kind == .bundle, known.isEnabled == isEnabled { return }
    let isDone = known.source?.kind == .bundle ? false : try edit(id, isEnabled)
    if !isDone { try update(id) { $0.isEnabled = isEnabled } }
  }

  /// Removes a device: its `NAME.yaml`, even one that cannot be used, and every line of a bundle that has its id.
  ///
  /// - Throws: ``DevicesError`` if there is none, or it cannot be removed.
  public mutating func remove(_ id: DeviceID) throws(DevicesError) {
    let hadFile = try removeFile(id)
    let hadLine = try takeOut(id)
    guard hadFile || hadLine else { throw .unknownDevice(id) }
    note(id, nil)
  }
}

extension DeviceEditor {
  /// Sets `enabled` in a device's own file, where it is written in a way that allows it.
  private mutating func edit(_ id: DeviceID, _ isEnabled: Bool) throws(DevicesError) -> Bool {
    try Retry.whileChanged { () throws(DevicesError) in
      var (device, old, version) = try current(id)
      defer { wipe(&old) }
      guard device.isEnabled != isEnabled else { return true }
      let path = path(of: id)
      guard var text = DeviceFile.text(old, settingEnabled: isEnabled, of: device, path: path, sealer) else {
        return false
      }
      defer { wipe(&text) }
      try write(text, to: id.name + DeviceFile.suffix, expecting: .version(version))
      device.isEnabled = isEnabled
      note(id, device)
      return true
    }
  }
}

/// What the editor knows of its own changes.
extension DeviceEditor {
  /// Remembers that a device is now as it is here, or gone.
  mutating func note(_ id: DeviceID, _ device: Device?) {
    for identity in Self.identities(of: changes[id] ?? nil) { identities[identity] = nil }
    changes[id] = .some(device)
    for identity in Self.identities(of: device) { identities[identity] = id }
  }

  private static func identities(of device: Device?) -> [[UInt8]] {
    [device?.identity, device?.next?.identity].compactMap { $0 }
  }

  private func checkIsFree(_ device: Device) throws(DevicesError) {
    if let holder = self.device(device.id) { throw .deviceExists(device.id, at: source(of: holder)) }
    try checkIdentities(device)
  }

  /// Throws if an identity of `device` is another's.
  func checkIdentities(_ device: Device) throws(DevicesError) {
    for identity in Self.identities(of: device) {
      guard let holder = holder(of: identity), holder.id != device.id else { continue }
      throw .identityTaken(identity: Credential.display(identity), by: holder.id, at: source(of: holder))
    }
  }

  /// Whose an identity is.
  func holder(of identity: [UInt8]) -> Device? {
    if let id = identities[identity] { return device(id) }
    guard let device = table.credential(for: identity.span)?.device, changes[device.id] == nil else { return nil }
    return device
  }

  /// Where a device is.
  func source(of device: Device) -> Source {
    device.source ?? Source(kind: .file, path: path(of: device.id), line: 1)
  }

  private static func entry(_ credential: Credential, _ source: Source) throws(DevicesError) -> Device {
    do throws(ModelError) {
      let id = try DeviceID(bundleIdentity: credential.identity.span)
      var device = Device(id: id, identity: credential.identity, key: credential.key)
      device.source = source
      return device
    } catch {
      throw .invalidCredential(identity: "", reason: "an identity has 1 to 256 bytes")
    }
  }
}
