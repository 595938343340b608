public import Model
import Platform

extension DeviceDirectory {
  /// Runs `body` while nobody else writes the directory, with an editor that knows what is in it.
  ///
  /// Each change is on disk, whole, when its method returns; a failure leaves the file as it was. `body` must not edit
  /// the directory in another way: it would wait for itself.
  /// - Throws: ``DevicesError``; what `body` throws.
  public func edit<Result>(
    _ body: (inout DeviceEditor) throws(DevicesError) -> Result
  ) throws(DevicesError) -> Result {
    try edit(knowing: everything, body)
  }

  private func everything(_ keys: MasterKeys) throws(DevicesError) -> (DeviceTable, SealTally) {
    let (contents, tally) = try read(keys)
    return (contents.table, tally)
  }

  /// Likewise, with an editor that knows of the devices that `table` gives once the lock is held.
  func edit<Result>(
    knowing table: (MasterKeys) throws(DevicesError) -> (DeviceTable, SealTally),
    _ body: (inout DeviceEditor) throws(DevicesError) -> Result
  ) throws(DevicesError) -> Result {
    let (directory, lock) = try lock()
    // The lock is held until the last change is made, however `body` ends.
    defer { withExtendedLifetime(lock) {} }
    let keys = try options.masterKeys.load()
    try DeviceEditor(directory, options, KeySealer(keys), table: .empty, SealTally()).finishMove()
    let (table, tally) = try table(keys)
    var editor = DeviceEditor(directory, options, KeySealer(keys), table: table, tally)
    return try body(&editor)
  }

  /// Adds a device as `NAME.yaml`.
  ///
  /// - Throws: ``DevicesError`` if its id or an identity of it is taken, or it cannot be written.
  public func add(_ device: Device) throws(DevicesError) {
    try edit { editor throws(DevicesError) in try editor.add(device) }
  }

  /// Removes a device: its `NAME.yaml`, and every line of a bundle that has its id.
  ///
  /// - Throws: ``DevicesError`` if there is none, or it cannot be removed.
  public func remove(_ id: DeviceID) throws(DevicesError) {
    try edit { editor throws(DevicesError) in try editor.remove(id) }
  }

  /// Lets a device connect, or no longer. An entry of a bundle that is to be disabled becomes a `NAME.yaml`.
  ///
  /// - Throws: ``DevicesError`` if there is none, or it cannot be written.
  public func setEnabled(_ isEnabled: Bool, of id: DeviceID) throws(DevicesError) {
    try edit { editor throws(DevicesError) in try editor.setEnabled(isEnabled, of: id) }
  }

  /// Writes keys in another form, everybody's or those of some devices; see ``DeviceEditor/rewriteKeys(as:of:)``.
  ///
  /// - Parameters:
  ///   - form: how the keys should be.
  ///   - ids: whose keys; nil: everybody's.
  /// - Returns: what was done.
  /// - Throws: ``DevicesError``.
  public func rewriteKeys(as form: KeyForm, of ids: Set<DeviceID>? = nil) throws(DevicesError) -> KeyRewriting {
    try edit { editor throws(DevicesError) in try editor.rewriteKeys(as: form, of: ids) }
  }

  /// Takes the lock, and clears away what writers left that were killed: while the lock is held, nobody writes.
  private func lock() throws(DevicesError) -> (Directory, FileLock) {
    do throws(SystemError) {
      let directory = try Directory(path: path)
      let lock = try FileLock(path: "\(path)/\(Self.lockName)", wait: true)
      // Made by root, it must not keep the directory's owner out.
      try directory.adopt(Self.lockName)
      for name in try directory.names() where name.hasPrefix(AtomicFile.temporaryPrefix) {
        try directory.remove(name)
      }
      return (directory, lock)
    } catch {
      throw .system(error)
    }
  }

  /// A file that is never removed, and never read: its name starts with a dot.
  private static let lockName = ".lock"
}
