import Dispatch
import HashTreeCollections
import Model
import NIOConcurrencyHelpers
import Platform

/// Reads files of devices.d, on all cores.
struct DirectoryReader: Sendable {
  private let directory: Directory
  private let options: DeviceDirectory.Options
  private let keys: MasterKeys
  private let last: DeviceTable
  /// What was found before, if it was in this directory.
  private let known: FileReadings

  /// What one thread reads in one go. Nobody waits for its lock: the readings are looked at when all are done.
  private final class Share: Sendable {
    let names: [String]
    let findings = NIOLockedValueBox<TableChange.Findings>([])

    init(_ names: [String]) { self.names = names }
  }

  init(
    _ directory: Directory, _ options: DeviceDirectory.Options, _ keys: MasterKeys, keeping last: DeviceTable
  ) {
    self.directory = directory
    self.options = options
    self.keys = keys
    self.last = last
    known = last.parts.directory == directory.path ? last.parts.files : FileReadings()
  }

  /// What there is to say of the directory itself, in whose files `tally` was met.
  func directoryLog(_ tally: SealTally) -> ProblemLog {
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    if directory.mode & 0o002 != 0 {
      log.report(.warning, path: directory.path, line: 1, "is writable by others, who can add devices: chmod o-w it")
    }
    for (version, number) in tally.missing.sorted(by: { $0.key < $1.key }) {
      let advice =
        keys.isEmpty
        ? "no master key is given (devices.master_key_file, or gwctl --master-key-file)" : "it is not among those given"
      log.report(
        .error, path: directory.path, line: 1,
        "\(number) key\(number == 1 ? " is" : "s are") encrypted under master key \(version), and \(advice)")
    }
    return log
  }

  /// The names of files that came, changed or went since they were read, and with `isThorough` of those that could not be
  /// used, whose reason may have gone.
  ///
  /// - Throws: ``SystemError`` if the directory cannot be read.
  func changedNames(isThorough: Bool) throws(SystemError) -> [String] {
    let names = try directory.names().filter { !$0.hasPrefix(".") }
    let there = Set(names)
    let gone = known.all.keys.filter { !there.contains($0) }
    return gone + names.filter { isChanged($0, isThorough: isThorough) }
  }

  private func isChanged(_ name: String, isThorough: Bool) -> Bool {
    guard let reading = known[name], let version = reading.version, !(isThorough && reading.isBroken) else {
      return known[name] != nil || Self.isOfInterest(name)
    }
    // What cannot be looked at is found out when it is read.
    return (try? directory.look(at: name))??.version != version
  }

  /// Reads the files of these names, bundles on their own and the others some at a time, in as many threads as there are
  /// cores.
  func read(_ names: [String]) -> TableChange.Findings {
    guard names.count > 1 else {
      let sealer = KeySealer(keys)
      return names.map { ($0, read($0, sealer)) }
    }
    let shares = shares(of: names)
    DispatchQueue.concurrentPerform(iterations: shares.count) { number in
      let sealer = KeySealer(keys)
      let findings = shares[number].names.map { (name: $0, reading: read($0, sealer)) }
      shares[number].findings.withLockedValue { $0 = findings }
    }
    return shares.flatMap { $0.findings.withLockedValue { $0 } }
  }

  private func shares(of names: [String]) -> [Share] {
    let bundles = names.filter { $0.hasSuffix(Bundle.suffix) }
    let others = names.filter { !$0.hasSuffix(Bundle.suffix) }
    let starts = stride(from: 0, to: others.count, by: Self.filesPerShare)
    return bundles.map { Share([$0]) }
      + starts.map { Share(Array(others[$0..<min($0 + Self.filesPerShare, others.count)])) }
  }

  /// Whether there is something to say of a file by its name.
  private static func isOfInterest(_ name: String) -> Bool {
    guard !name.hasPrefix(".") else { return false }
    return name.hasSuffix(DeviceFile.suffix) || name.hasSuffix(Bundle.suffix) || name.hasSuffix(misspelledSuffix)
  }

  private static let filesPerShare = 128
  private static let misspelledSuffix = ".yml"
}

/// Reading one file.
extension DirectoryReader {
  /// What is in the file `name`; nil if it is not there or means nothing.
  private func read(_ name: String, _ sealer: KeySealer) -> FileReading? {
    guard Self.isOfInterest(name), let status = status(of: name) else { return nil }
    if let found = known[name], let version = found.version, status.version == version, !found.isBroken { return found }
    var reading = readAnew(name, sealer)
    reading.isLink = status.isLink
    reading.tally = sealer.takeTally()
    return reading
  }

  private func readAnew(_ name: String, _ sealer: KeySealer) -> FileReading {
    let path = "\(directory.path)/\(name)"
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    do throws(Problem) {
      if name.hasSuffix(Bundle.suffix) { return try readBundle(name, sealer) }
      if name.hasSuffix(DeviceFile.suffix) { return try readDevice(name, path, sealer) }
      log.report(.warning, path: path, line: 1, "is not read: a device's file ends in .yaml")
      return FileReading(version: status(of: name)?.version, log: log)
    } catch {
      log.add(error)
      return FileReading(version: nil, contents: lastGood(name), log: log)
    }
  }

  /// What cannot be looked at is found out when it is opened.
  private func status(of name: String) -> FileStatus? {
    do throws(SystemError) {
      return try directory.look(at: name)
    } catch {
      return FileStatus(isLink: false, version: nil)
    }
  }

  private func readBundle(_ name: String, _ sealer: KeySealer) throws(Problem) -> FileReading {
    let file = try open(name)
    let version = file.version.isSettled ? file.version : nil
    try file.checkMode(options)
    let (bundle, log) = try BundleFile.read(file, options, sealer, keeping: last)
    return FileReading(version: version, contents: .bundle(bundle), log: log)
  }

  private func readDevice(_ name: String, _ path: String, _ sealer: KeySealer) throws(Problem) -> FileReading {
    let id = try Self.id(name, path)
    let file = try open(name)
    let version = file.version.isSettled ? file.version : nil
    try file.checkMode(options)
    var bytes = try file.text(limit: options.maximumFileBytes)
    defer { wipe(&bytes) }
    let (device, problems) = DeviceFile.parse(bytes, id: id, path: path, sealer)
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    for problem in problems { log.add(problem) }
    return FileReading(
      version: version, contents: device.map { .device(record(of: $0, name)) } ?? lastGood(name), log: log)
  }

  /// The record of before, if the file says the same as before.
  private func record(of device: Device, _ name: String) -> DeviceRecord {
    guard case .device(let record) = known[name]?.contents, record.device.source == device.source,
      record.device.isSame(as: device)
    else {
      return DeviceRecord(device)
    }
    return record
  }

  /// What the file said when it could last be used.
  private func lastGood(_ name: String) -> FileReading.Contents? {
    let path = "\(directory.path)/\(name)"
    if let bundle = last.bundle(at: path) { return .bundle(bundle) }
    // A file whose name is no id never said anything.
    guard let id = try? Self.id(name, path) else { return nil }
    return last.parts.devices[id].flatMap { $0.device.source?.path == path ? .device($0) : nil }
  }

  private static func id(_ name: String, _ path: String) throws(Problem) -> DeviceID {
    do throws(ModelError) {
      return try DeviceID(String(name.dropLast(DeviceFile.suffix.count)))
    } catch {
      throw Problem(.error, path: path, "\(error)")
    }
  }

  private func open(_ name: String) throws(Problem) -> InputFile {
    let path = "\(directory.path)/\(name)"
    do throws(InputFileError) {
      return try InputFile(name, in: directory)
    } catch {
      throw error.problem(path: path)
    }
  }
}
