public import Model

extension DeviceDirectory {
  /// Runs `body` while nobody else writes the directory, with an editor that knows what is in it.
  ///
  /// Each change is on disk, whole, when its method returns; a failure leaves the file as it was.
  /// - Throws: ``DevicesError``; what `body` throws.
  public func edit<Result>(
    _ body: (inout DeviceEditor) throws(DevicesError) -> Result
  ) throws(DevicesError) -> Result {
    var editor = DeviceEditor(directory: self, table: .empty)
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
}
