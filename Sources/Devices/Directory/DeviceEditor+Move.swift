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
    var note = ""
    for (device, expected) in devices {
      var text = try self.text(of: device)
      defer { wipe(&text) }
      note += MovedEntry(device.id, text).line
      try stage(text, as: device.id.name + DeviceFile.suffix, expecting: expected, in: &batch)
    }
    for remainder in remainders {
      try stage(remainder.text, as: remainder.name, expecting: .version(remainder.version), in: &batch)
    }
    guard !remainders.isEmpty else { return try publish(&batch) }
    do throws(DevicesError) {
      try write(Array(note.utf8), to: Self.noteName, expecting: .anything)
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
    var entries: [MovedEntry] = []
    do throws(Problem) {
      try LineReader.read(open(Self.noteName), limit: options.maximumBundleBytes) { line, _ in
        // What is no entry was not written by us.
        if let entry = MovedEntry(line: line) { entries.append(entry) }
      }
    } catch {
      throw .unusable(error)
    }
    let moved = Set(entries.filter { isPublished($0) }.map(\.id))
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

  /// Whether an entry's file has its name. Any other file of that name is not what the line became: then the line stays.
  private func isPublished(_ entry: MovedEntry) -> Bool {
    let name = entry.id.name + DeviceFile.suffix
    guard directory.version(of: name) != nil else { return false }
    do throws(Problem) {
      var text = try open(name).contents(limit: options.maximumFileBytes)
      defer { wipe(&text) }
      return MovedEntry(entry.id, text) == entry
    } catch {
      // Whoever loads the directory says why; a line too many is a warning, one too few is a key that is lost.
      return false
    }
  }

  private func removeNote() throws(DevicesError) {
    do throws(SystemError) {
      try directory.remove(Self.noteName)
    } catch {
      guard error.code == ENOENT else { throw .system(error) }
    }
  }

  /// The devices whose lines are to go, a line each; hidden, so that nobody reads it as a device.
  private static let noteName = ".moving"
}

/// An entry of a bundle, and the file that it becomes: a line of the note.
private struct MovedEntry: Equatable {
  let id: DeviceID
  /// SHA-256 of the file, in hex.
  private let digest: String

  init(_ id: DeviceID, _ text: [UInt8]) {
    var digits: [UInt8] = []
    for byte in SHA256.digest(of: text.span) { Hexadecimal.append(byte, to: &digits) }
    self.id = id
    digest = String(decoding: digits, as: UTF8.self)
  }

  /// Takes what ``line`` wrote; nil if it is something else.
  init?(line: Span<UInt8>) {
    let words = String(decoding: line.array, as: UTF8.self).split(separator: " ")
    guard words.count == 2, let id = try? DeviceID(String(words[0])) else { return nil }
    (self.id, digest) = (id, String(words[1]))
  }

  var line: String { "\(id) \(digest)\n" }
}
