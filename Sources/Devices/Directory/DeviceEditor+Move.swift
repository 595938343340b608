import Glibc
import Model
import Platform

/// Entries of bundles that become files of their own: two files change.
///
/// First the device's file gets its name, then the bundle is replaced: no key is lost, whatever happens in between, and
/// until then the file is the one in force. A note says which lines are to go, so that the next writer finishes what a
/// killed one began.
extension DeviceEditor {
  /// Makes a bundle's entry a `NAME.yaml` with `change` made, and takes its line out.
  mutating func move(_ entry: Device, _ change: (inout Device) -> Void) throws(DevicesError) {
    try Retry.whileChanged { () throws(DevicesError) in
      let id = entry.id
      var remainders = try self.remainders(without: [id])
      defer { for index in remainders.indices { wipe(&remainders[index].text) } }
      let source = remainders.first { "\(directory.path)/\($0.name)" == entry.source?.path }
      guard let credential = source?.taken.first else { throw .unknownDevice(id) }
      var device = Device(id: id, identity: credential.identity, key: credential.key)
      change(&device)
      device.id = id
      try checkIdentities(device)
      try move([(device, .nothing)], remainders)
      note(id, device)
    }
  }

  /// Writes devices as files, and bundles without their lines, all or nothing.
  func move(_ devices: [(Device, FileBatch.Expectation)], _ remainders: [Remainder]) throws(DevicesError) {
    var batch = FileBatch(in: directory, count: devices.count + remainders.count)
    for (device, expected) in devices {
      var text = try self.text(of: device)
      defer { wipe(&text) }
      try stage(text, as: device.id.name + DeviceFile.suffix, expecting: expected, in: &batch)
    }
    for remainder in remainders {
      try stage(remainder.text, as: remainder.name, expecting: .version(remainder.version), in: &batch)
    }
    guard !remainders.isEmpty else { return try publish(&batch) }
    let lines = devices.map { "\($0.0.id)\n" }.joined()
    do throws(DevicesError) {
      try write(Array(lines.utf8), to: Self.noteName, expecting: .anything)
      try publish(&batch)
    } catch {
      // What was published has been taken back; the first failure is the one to tell.
      _ = try? directory.remove(Self.noteName)
      throw error
    }
    try removeNote()
  }

  /// Takes out the lines that a writer which was killed left in bundles.
  func finishMove() throws(DevicesError) {
    guard directory.version(of: Self.noteName) != nil else { return }
    var ids: Set<DeviceID> = []
    do throws(Problem) {
      try LineReader.read(open(Self.noteName), limit: options.maximumBundleBytes) { line, _ in
        // What is no id was not written by us.
        if let id = try? DeviceID(String(decoding: line.array, as: UTF8.self)) { ids.insert(id) }
      }
    } catch {
      throw .unusable(error)
    }
    let moved = ids.filter { directory.version(of: $0.name + DeviceFile.suffix) != nil }
    if !moved.isEmpty {
      try Retry.whileChanged { () throws(DevicesError) in
        for var remainder in try remainders(without: moved) {
          defer { wipe(&remainder.text) }
          try write(remainder.text, to: remainder.name, expecting: .version(remainder.version))
        }
      }
    }
    try removeNote()
  }

  private func removeNote() throws(DevicesError) {
    do throws(SystemError) {
      try directory.remove(Self.noteName)
    } catch {
      guard error.code == ENOENT else { throw .system(error) }
    }
  }

  /// The ids of the devices whose lines are to go, a line each; hidden, so that nobody reads it as a device.
  private static let noteName = ".moving"
}
