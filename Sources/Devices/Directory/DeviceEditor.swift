public import Model

/// Changes devices.d, under its lock. Made by ``DeviceDirectory/edit(_:)``.
public struct DeviceEditor: ~Copyable {
  let directory: DeviceDirectory
  /// The devices as they were when the lock was taken; the editor's own changes are not in it.
  public let table: DeviceTable

  init(directory: DeviceDirectory, table: DeviceTable) {
    self.directory = directory
    self.table = table
  }

  /// The device with this id, with the editor's own changes.
  public func device(_ id: DeviceID) -> Device? { table.device(id) }

  /// Adds a device as `NAME.yaml`.
  ///
  /// - Throws: ``DevicesError`` if its id or an identity of it is taken, or it cannot be written.
  public mutating func add(_ device: Device) throws(DevicesError) {
    throw .unknownDevice(device.id)
  }

  /// Adds devices as a bundle, `NAME.psk`, which holds nothing of them but identity and key.
  ///
  /// - Throws: ``DevicesError`` if the file is there, an id or identity is taken, or it cannot be written.
  public mutating func addBundle(named name: String, _ credentials: [Credential]) throws(DevicesError) {
    throw .invalidBundleName(name)
  }

  /// Changes a device's fields; not its id. A bundle's entry becomes a `NAME.yaml`, and its line is taken out.
  ///
  /// - Throws: ``DevicesError`` if there is none, a new identity is taken, or it cannot be written.
  public mutating func update(_ id: DeviceID, _ change: (inout Device) -> Void) throws(DevicesError) {
    throw .unknownDevice(id)
  }

  /// Lets a device connect, or no longer. An entry of a bundle that is to be disabled becomes a `NAME.yaml`.
  ///
  /// - Throws: ``DevicesError`` if there is none, or it cannot be written.
  public mutating func setEnabled(_ isEnabled: Bool, of id: DeviceID) throws(DevicesError) {
    throw .unknownDevice(id)
  }

  /// Removes a device: its `NAME.yaml`, even one that cannot be used, and every line of a bundle that has its id.
  ///
  /// - Throws: ``DevicesError`` if there is none, or it cannot be removed.
  public mutating func remove(_ id: DeviceID) throws(DevicesError) {
    throw .unknownDevice(id)
  }
}
