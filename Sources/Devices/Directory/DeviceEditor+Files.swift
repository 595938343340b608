import Glibc
import Model
import Platform

/// The editor's work on files.
extension DeviceEditor {
  /// Where a device has a file of its own.
  func path(of id: DeviceID) -> String { "\(directory.path)/\(id)\(DeviceFile.suffix)" }

  /// Where a bundle of this name lies.
  func bundlePath(_ name: String) throws(DevicesError) -> String {
    // A bundle's name follows the rule of ids, so that it is neither hidden nor elsewhere.
    guard (try? DeviceID(name)) != nil else { throw .invalidBundleName(name) }
    return "\(directory.path)/\(name)\(Bundle.suffix)"
  }

  /// Writes a device's file, if the device could be read back from it.
  func write(_ device: Device, replacing: Bool) throws(DevicesError) {
    try requireMasterKey()
    var text = DeviceFile.text(of: device, sealer)
    defer { wipe(&text) }
    let path = path(of: device.id)
    let (read, problems) = DeviceFile.parse(text, id: device.id, path: path, sealer)
    if read == nil, let problem = problems.first(where: { $0.severity == .error }) { throw .unusable(problem) }
    guard text.count <= options.maximumFileBytes else {
      throw .unusable(Problem(.error, path: path, "is longer than \(options.maximumFileBytes) bytes"))
    }
    try write(text, to: path, replacing: replacing)
  }

  /// Throws where a key would be written in clear beside sealed ones, and identities that are taken cannot be told.
  func requireMasterKey() throws(DevicesError) {
    guard !lacksMasterKey else { throw .noMasterKey(directory: directory.path) }
  }

  /// Puts `bytes` at `path`, whole or not at all.
  func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(DevicesError) {
    do throws(SystemError) {
      try AtomicFile.write(bytes.span, to: path, replacing: replacing)
    } catch {
      throw error.code == EEXIST ? .fileExists(path: path) : .system(error)
    }
  }

  /// A device's file with `enabled` set; nil if it has to be written anew.
  func edited(_ device: Device, _ isEnabled: Bool) throws(DevicesError) -> [UInt8]? {
    var text = try contents(of: device.id)
    defer { wipe(&text) }
    return DeviceFile.text(text, settingEnabled: isEnabled, of: device, path: path(of: device.id), sealer)
  }

  /// Lends `body` the device that is in its own file now, whatever the editor knows, and the file's contents.
  ///
  /// - Returns: what `body` returns; nil if there is no such file.
  /// - Throws: ``DevicesError/unusable(_:)`` if no device can be read from it; what `body` throws.
  func withFile<Result>(
    of id: DeviceID, _ body: (Device, [UInt8]) throws(DevicesError) -> Result
  ) throws(DevicesError) -> Result? {
    let path = path(of: id)
    guard var text = try contentsIfPresent(of: id) else { return nil }
    defer { wipe(&text) }
    let (device, problems) = DeviceFile.parse(text, id: id, path: path, sealer)
    guard let device else { throw .unusable(problems.first ?? Problem(.error, path: path, "cannot be used")) }
    return try body(device, text)
  }

  private func contentsIfPresent(of id: DeviceID) throws(DevicesError) -> [UInt8]? {
    do throws(InputFileError) {
      _ = try InputFile(id.name + DeviceFile.suffix, in: directory)
    } catch .system(let error) where error.code == ENOENT {
      return nil
    } catch {
      throw .unusable(error.problem(path: path(of: id)))
    }
    return try contents(of: id)
  }

  /// What is in a device's own file. The caller wipes it.
  func contents(of id: DeviceID) throws(DevicesError) -> [UInt8] {
    do throws(Problem) {
      return try open(id.name + DeviceFile.suffix).contents(limit: options.maximumFileBytes)
    } catch {
      throw .unusable(error)
    }
  }

  /// Removes a device's own file.
  ///
  /// - Returns: whether there was one.
  func removeFile(_ id: DeviceID) throws(DevicesError) -> Bool {
    do throws(SystemError) {
      try directory.remove(id.name + DeviceFile.suffix)
      return true
    } catch {
      guard error.code == ENOENT else { throw .system(error) }
      return false
    }
  }

  /// Takes every line with this id out of every bundle, even those that cannot be used.
  ///
  /// - Returns: whether there was one.
  /// - Throws: ``DevicesError``, once all other bundles are done, if a bundle cannot be read: the device may be in it.
  func takeOut(_ id: DeviceID) throws(DevicesError) -> Bool {
    var (found, failure) = (false, DevicesError?.none)
    for name in try bundleNames() {
      do throws(DevicesError) {
        if try takeOut(id, of: name) { found = true }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return found
  }

  private func takeOut(_ id: DeviceID, of name: String) throws(DevicesError) -> Bool {
    var rest: [UInt8]
    do throws(Problem) {
      guard try contains(id, name) else { return false }
      rest = try contents(of: name, without: id)
    } catch {
      throw .unusable(error)
    }
    defer { wipe(&rest) }
    try write(rest, to: "\(directory.path)/\(name)", replacing: true)
    return true
  }

  private func bundleNames() throws(DevicesError) -> [String] {
    do throws(SystemError) {
      return try directory.names().filter { $0.hasSuffix(Bundle.suffix) && !$0.hasPrefix(".") }
    } catch {
      throw .system(error)
    }
  }

  private func contains(_ id: DeviceID, _ name: String) throws(Problem) -> Bool {
    var found = false
    try LineReader.read(open(name), limit: options.maximumBundleBytes) { line, _ in
      found = found || BundleText.has(id, line)
    }
    return found
  }

  private func contents(of name: String, without id: DeviceID) throws(Problem) -> [UInt8] {
    let file = try open(name)
    var rest: [UInt8] = []
    // One more for a newline that the last line may lack.
    rest.reserveCapacity(file.byteCount + 1)
    try LineReader.read(file, limit: options.maximumBundleBytes) { line, _ in
      guard !BundleText.has(id, line) else { return }
      for index in line.indices { rest.append(line[index]) }
      rest.append(UInt8(ascii: "\n"))
    }
    return rest
  }

  /// Opens a file of the directory.
  func open(_ name: String) throws(Problem) -> InputFile {
    do throws(InputFileError) {
      return try InputFile(name, in: directory)
    } catch {
      throw error.problem(path: "\(directory.path)/\(name)")
    }
  }
}
