/// Lists as JSON: an array of objects whose fields are those of a device's file, and `id`.
enum JSONRecords {
  /// Reads `text`; devices that cannot be used go to `log`.
  ///
  /// - Throws: ``Problem`` where it is no such array.
  static func read(
    _ text: Span<UInt8>, path: String, _ sealer: KeySealer, _ log: inout ProblemLog
  ) throws(Problem) -> [Device] {
    var scanner = JSONScanner(path: path)
    var devices: [Device] = []
    while var record = try scanner.next(text) {
      defer { record.keys.wipe() }
      if let device = record.device(path: path, sealer, &log) { devices.append(device) }
    }
    return devices
  }
}
