import FoundationEssentials
public import Model
import Platform

/// Whom the gateway has announced as online, kept on disk: after a kill -9 the next run can take it back.
///
/// A journal of `+ID` and `-ID` lines in STATE/announced. Each change is written at once and survives the process; it is
/// not forced to disk, or ten thousand devices would cost ten thousand fsyncs. So a power cut may lose the last seconds:
/// then a device's status is wrong until it connects again.
public struct AnnouncedDevices: Sendable {
  private static let name = "announced"
  /// How many lines more than twice the devices the journal may have before it is written anew.
  private static let slack = 4096

  /// Those who were announced as online and not taken back.
  public private(set) var devices: Set<DeviceID> = []
  /// Where a journal that could not be read whole was put aside; what could be read of it is in ``devices``.
  public let setAside: String?
  private let path: String
  private var file: AppendFile
  private var lineCount = 0
  /// Whether the last write failed, so that the journal is written anew at the next change.
  private var isTorn = false

  /// Reads the journal of `state`, and writes it anew.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public init(in state: StateDirectory) throws(StorageError) {
    path = state.path + "/" + Self.name
    let journal = Self.read(path)
    devices = journal.devices
    do {
      setAside = journal.isDamaged ? try Self.setAside(path) : nil
      if let written = try? AppendFile.replacing(path: path, with: Self.lines(journal.devices)) {
        file = written
      } else {
        // A full disk must not keep devices from being served: it is written anew with the next change.
        file = try AppendFile(path: path)
        isTorn = true
      }
      lineCount = devices.count
    } catch {
      throw .system(error)
    }
  }

  /// `device` is announced as online from now on.
  ///
  /// - Throws: ``StorageError/system(_:)``; then it is announced all the same, and only a crash would forget it.
  public mutating func insert(_ device: DeviceID) throws(StorageError) {
    try insert(contentsOf: CollectionOfOne(device))
  }

  /// `device` has been taken back.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public mutating func remove(_ device: DeviceID) throws(StorageError) {
    try remove(contentsOf: CollectionOfOne(device))
  }

  /// Likewise for many, with one write.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public mutating func insert(contentsOf batch: some Sequence<DeviceID>) throws(StorageError) {
    var lines: [String] = []
    for device in batch where devices.insert(device).inserted { lines.append("+\(device)\n") }
    try record(lines)
  }

  /// Likewise for many, with one write.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public mutating func remove(contentsOf batch: some Sequence<DeviceID>) throws(StorageError) {
    var lines: [String] = []
    for device in batch where devices.remove(device) != nil { lines.append("-\(device)\n") }
    try record(lines)
  }

  private mutating func record(_ lines: [String]) throws(StorageError) {
    guard !lines.isEmpty else { return }
    do {
      lineCount += lines.count
      if isTorn || lineCount > 2 * devices.count + Self.slack {
        file = try AppendFile.replacing(path: path, with: Self.lines(devices))
        lineCount = devices.count
      } else {
        try file.append(lines.joined())
      }
      isTorn = false
    } catch {
      // Half a line may be there, as on a full disk: the next one must not grow out of it.
      isTorn = true
      throw .system(error)
    }
  }

  private static func lines(_ devices: Set<DeviceID>) -> String { devices.sorted().map { "+\($0)\n" }.joined() }

  private static func read(_ path: String) -> (devices: Set<DeviceID>, isDamaged: Bool) {
    guard let data = FileManager.default.contents(atPath: path) else { return ([], false) }
    var devices: Set<DeviceID> = []
    var isDamaged = false
    var lines = data.split(separator: 10, omittingEmptySubsequences: false)
    // What follows the last newline is a line that a kill cut short, or nothing.
    lines.removeLast()
    for line in lines {
      guard let (isOnline, device) = entry(line) else {
        isDamaged = true
        continue
      }
      if isOnline { devices.insert(device) } else { devices.remove(device) }
    }
    return (devices, isDamaged)
  }

  private static func entry(_ line: Data) -> (isOnline: Bool, DeviceID)? {
    guard let sign = line.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let name = String(validating: line.dropFirst(), as: UTF8.self), let device = try? DeviceID(name)
    else { return nil }
    return (sign == UInt8(ascii: "+"), device)
  }

  private static func setAside(_ path: String) throws(SystemError) -> String {
    let aside = "\(path).damaged-\(Int(Date.now.timeIntervalSince1970))"
    let bytes = FileManager.default.contents(atPath: path).map { Array($0) } ?? []
    try AtomicFile.write(bytes.span, to: aside)
    return aside
  }
}
