import Dispatch
import Model
import NIOConcurrencyHelpers
import Platform

/// Reads the files of devices.d, on all cores, and puts together what they say.
struct DirectoryReader: Sendable {
  private let directory: Directory
  private let options: DeviceDirectory.Options
  private let keys: MasterKeys
  private let last: DeviceTable

  /// What came of one file.
  private struct Reading: Sendable {
    var contents: DeviceTableBuilder.Contents?
    var log: ProblemLog
  }

  /// What one thread reads in one go. Nobody waits for its lock: the readings are looked at when all are done.
  private final class Share: Sendable {
    /// Places of names.
    let places: [Int]
    let readings = NIOLockedValueBox<[Reading]>([])
    let tally = NIOLockedValueBox(SealTally())

    init(_ places: [Int]) { self.places = places }
  }

  init(
    _ directory: Directory, _ options: DeviceDirectory.Options, _ keys: MasterKeys, keeping last: DeviceTable
  ) {
    self.directory = directory
    self.options = options
    self.keys = keys
    self.last = last
  }

  /// Reads the files of these names, which are sorted.
  ///
  /// - Throws: ``DevicesError/wrongMasterKey(directory:given:wanted:)`` if there are sealed keys and none opens.
  func load(_ names: [String]) throws(DevicesError) -> (contents: DeviceDirectory.Contents, tally: SealTally) {
    let files = names.filter { !$0.hasPrefix(".") }
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    if directory.mode & 0o002 != 0 {
      log.report(.warning, path: directory.path, line: 1, "is writable by others, who can add devices: chmod o-w it")
    }
    var (contents, count) = ([DeviceTableBuilder.Contents](), 0)
    let (readings, tally) = readAll(files)
    try report(tally, &log)
    for reading in readings {
      log.add(reading.log)
      guard let found = reading.contents else { continue }
      guard count + found.count <= min(options.maximumDevices, 1_000_000_000) else {
        log.report(
          .error, path: found.path, line: 1, "brings more than \(options.maximumDevices) devices in all: not read")
        continue
      }
      count += found.count
      contents.append(found)
    }
    let (table, complete) = DeviceTableBuilder.build(contents, keeping: last, log)
    return ((table, complete.sorted()), tally)
  }

  /// Says once which master keys are missing, which each file says for itself.
  private func report(_ tally: SealTally, _ log: inout ProblemLog) throws(DevicesError) {
    let wanted = tally.missing.keys.sorted()
    guard keys.isEmpty || !tally.isAllMissing else {
      throw .wrongMasterKey(directory: directory.path, given: keys.versions, wanted: wanted)
    }
    for version in wanted {
      let number = tally.missing[version, default: 0]
      let advice =
        keys.isEmpty
        ? "no master key is given (devices.master_key_file, or gwctl --master-key-file)" : "it is not among those given"
      log.report(
        .error, path: directory.path, line: 1,
        "\(number) key\(number == 1 ? " is" : "s are") encrypted under master key \(version), and \(advice)")
    }
  }

  /// Reads all files, bundles on their own and the others some at a time, in as many threads as there are cores.
  private func readAll(_ names: [String]) -> (readings: [Reading], SealTally) {
    let shares = shares(of: names)
    DispatchQueue.concurrentPerform(iterations: shares.count) { number in
      let sealer = KeySealer(keys)
      let readings = shares[number].places.map { read(names[$0], sealer) }
      shares[number].readings.withLockedValue { $0 = readings }
      shares[number].tally.withLockedValue { $0 = sealer.tally }
    }
    var all = [Reading?](repeating: nil, count: names.count)
    var tally = SealTally()
    for share in shares {
      tally.add(share.tally.withLockedValue { $0 })
      for (place, reading) in zip(share.places, share.readings.withLockedValue { $0 }) { all[place] = reading }
    }
    return (all.compactMap { $0 }, tally)
  }

  private func shares(of names: [String]) -> [Share] {
    let bundles = names.indices.filter { names[$0].hasSuffix(Bundle.suffix) }
    let others = names.indices.filter { !names[$0].hasSuffix(Bundle.suffix) }
    let starts = stride(from: 0, to: others.count, by: Self.filesPerShare)
    return bundles.map { Share([$0]) }
      + starts.map { Share(Array(others[$0..<min($0 + Self.filesPerShare, others.count)])) }
  }

  private static let filesPerShare = 128
}

/// Reading one file.
extension DirectoryReader {
  private func read(_ name: String, _ sealer: KeySealer) -> Reading {
    let path = "\(directory.path)/\(name)"
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    do throws(Problem) {
      if name.hasSuffix(Bundle.suffix) { return try readBundle(name, sealer) }
      if name.hasSuffix(DeviceFile.suffix) { return try readDevice(name, path, sealer) }
      if name.hasSuffix(".yml") {
        log.report(.warning, path: path, line: 1, "is not read: a device's file ends in .yaml")
      }
      return Reading(contents: nil, log: log)
    } catch {
      log.add(error)
      return Reading(contents: lastGood(name), log: log)
    }
  }

  private func readBundle(_ name: String, _ sealer: KeySealer) throws(Problem) -> Reading {
    let file = try open(name)
    try checkMode(file)
    let (bundle, log) = try BundleFile.read(file, options, sealer, keeping: last)
    return Reading(contents: .bundle(bundle), log: log)
  }

  private func readDevice(_ name: String, _ path: String, _ sealer: KeySealer) throws(Problem) -> Reading {
    let id = try Self.id(name, path)
    let file = try open(name)
    try checkMode(file)
    var bytes = try file.contents(limit: options.maximumFileBytes)
    defer { wipe(&bytes) }
    let (device, problems) = DeviceFile.parse(bytes, id: id, path: path, sealer)
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    for problem in problems { log.add(problem) }
    return Reading(contents: device.map { .device($0) } ?? lastGood(name), log: log)
  }

  /// What the file said when it could last be used.
  private func lastGood(_ name: String) -> DeviceTableBuilder.Contents? {
    let path = "\(directory.path)/\(name)"
    if let bundle = last.bundle(at: path) { return .bundle(bundle) }
    // A file whose name is no id never said anything.
    guard let id = try? Self.id(name, path) else { return nil }
    return last.device(id).flatMap { $0.source?.path == path ? .device($0) : nil }
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

  private func checkMode(_ file: borrowing InputFile) throws(Problem) {
    let mode = "(mode 0\(String(file.mode, radix: 8)))"
    guard file.mode & 0o002 == 0 else {
      throw Problem(.error, path: file.path, "is writable by others \(mode): chmod 600 it")
    }
    guard file.mode & 0o004 == 0 || options.allowsReadableByOthers else {
      throw Problem(
        .error, path: file.path, "is readable by others \(mode): chmod 600 it, or allow it in the configuration")
    }
  }
}
