import Glibc
import Model
import Platform

/// The editor's work on files.
extension DeviceEditor {
  /// Where a device has a file of its own.
  func path(of id: DeviceID) -> String { "\(directory.path)/\(id)\(DeviceFile.suffix)" }

  /// The name of a bundle's file.
  static func file(ofBundle name: String) throws(DevicesError) -> String {
    // A bundle's name follows the rule of ids, so that it is neither hidden nor elsewhere.
    guard (try? DeviceID(name)) != nil else { throw .invalidBundleName(name) }
    return name + Bundle.suffix
  }

  /// A device's file, if the device could be read back from it. The caller wipes it.
  func text(of device: Device) throws(DevicesError) -> [UInt8] {
    try requireMasterKey()
    var text = DeviceFile.text(of: device, sealer)
    let path = path(of: device.id)
    let (read, problems) = DeviceFile.parse(text, id: device.id, path: path, sealer)
    var problem = problems.first { read == nil && $0.severity == .error }
    if text.count > options.maximumFileBytes {
      problem = Problem(.error, path: path, "is longer than \(options.maximumFileBytes) bytes")
    }
    guard let problem else { return text }
    wipe(&text)
    throw .unusable(problem)
  }

  /// Throws where a key would be written in clear beside sealed ones, and identities that are taken cannot be told.
  func requireMasterKey() throws(DevicesError) {
    guard !lacksMasterKey else { throw .noMasterKey(directory: directory.path) }
  }

  /// Puts `bytes` in the file `name`, whole or not at all.
  func write(_ bytes: [UInt8], to name: String, expecting: FileBatch.Expectation) throws(DevicesError) {
    var batch = FileBatch(in: directory)
    try stage(bytes, as: name, expecting: expecting, in: &batch)
    try publish(&batch)
  }

  func stage(
    _ bytes: [UInt8], as name: String, expecting expected: FileBatch.Expectation, in batch: inout FileBatch
  ) throws(DevicesError) {
    try checkPlace(name, expecting: expected)
    do throws(FileBatchError) {
      try batch.stage(bytes.span, as: name, expecting: expected)
    } catch {
      throw DevicesError(error)
    }
  }

  /// Throws if something is there under `name` where nothing should be, or a link where a file is to be replaced: the file
  /// behind it would keep its keys.
  private func checkPlace(_ name: String, expecting expected: FileBatch.Expectation) throws(DevicesError) {
    guard let entry = try look(at: name) else { return }
    let path = "\(directory.path)/\(name)"
    switch expected {
    case .anything: return
    case .nothing: throw .fileExists(path: path)
    case .version:
      guard entry.isLink else { return }
      let target = directory.target(ofLink: name) ?? "another file"
      throw .unusable(Problem(.error, path: path, "is a link to \(target): edit that file"))
    }
  }

  private func look(at name: String) throws(DevicesError) -> FileStatus? {
    do throws(SystemError) {
      return try directory.look(at: name)
    } catch {
      throw .system(error)
    }
  }

  func publish(_ batch: inout FileBatch) throws(DevicesError) {
    do throws(FileBatchError) {
      try batch.publish()
    } catch {
      throw DevicesError(error)
    }
  }

  /// Opens a file of the directory, if it counts: what is written from one that is refused would be in force.
  func open(_ name: String) throws(Problem) -> InputFile {
    let file: InputFile
    do throws(InputFileError) {
      file = try InputFile(name, in: directory)
    } catch {
      throw error.problem(path: "\(directory.path)/\(name)")
    }
    try file.checkMode(options)
    return file
  }

  /// A device and its file as they are now, whatever the table says: an editor does not wait for our lock.
  func current(_ id: DeviceID) throws(DevicesError) -> (device: Device, text: [UInt8], version: FileVersion) {
    let name = id.name + DeviceFile.suffix
    guard directory.version(of: name) != nil else { throw .unknownDevice(id) }
    do throws(Problem) {
      let file = try open(name)
      var text = try file.text(limit: options.maximumFileBytes)
      let (device, problems) = DeviceFile.parse(text, id: id, path: path(of: id), sealer)
      if let device { return (device, text, file.version) }
      wipe(&text)
      throw problems.first { $0.severity == .error } ?? Problem(.error, path: path(of: id), "cannot be used")
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
}

extension DevicesError {
  /// What `error` means where files of devices.d are written.
  init(_ error: FileBatchError) {
    switch error {
    case .exists(let path): self = .fileExists(path: path)
    case .system(let error): self = .system(error)
    case .changed(let path): self = .changedMeanwhile(path: path)
    }
  }
}
