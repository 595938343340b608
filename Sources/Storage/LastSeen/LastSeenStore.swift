public import FoundationEssentials
public import Model
import Platform

/// Keeps when and how each device was last there, in STATE/last-seen.
///
/// A journal with a line for each change, written in batches, never from an event loop; the file is all there is, so
/// a million devices cost no memory. It is written anew, on disk and in one step, when most of its lines are old. Each
/// batch survives the end of the process at once, that of the machine a little later.
public struct LastSeenStore: Sendable {
  /// How many lines more than three times the devices the journal may have before it is written anew.
  private static let slack = 4096
  /// How long a device that no longer exists is remembered.
  private static let memoryOfStrangers: TimeInterval = 90 * 24 * 3600

  private let path: String
  private let isKnown: @Sendable (DeviceID) -> Bool
  private let startedAt: Date
  private var file: AppendFile
  private var lineCount = 0
  private var deviceCount = 0
  /// Whether the last write failed, so that the journal is written anew with the next one.
  private var isTorn = false

  /// Opens the store of `state`. Connections that an earlier run left without an end have ended with it.
  ///
  /// - Parameters:
  ///   - state: where it lies.
  ///   - now: when the gateway starts.
  ///   - isKnown: whether a device still exists; others are forgotten 90 days after they were last seen.
  /// - Throws: ``StorageError/system(_:)``.
  public init(
    in state: StateDirectory, now: Date = .now, isKnown: @escaping @Sendable (DeviceID) -> Bool
  ) throws(StorageError) {
    path = state.path + "/" + LastSeenJournal.name
    self.isKnown = isKnown
    startedAt = now
    do throws(SystemError) {
      file = try AppendFile(path: path)
      // What a kill cut short ends here.
      try file.append("\(LastSeenLine.spoiler)\(LastSeenJournal.started)\t\(LastSeenLine.milliseconds(now))\n")
    } catch {
      throw .system(error)
    }
    try writeAnew()
  }

  /// Takes note of `entries`, of which each replaces what was known of its device, and that the gateway lives at `now`.
  ///
  /// - Throws: ``StorageError/system(_:)``; then the entries are lost, and the next ones are tried again.
  public mutating func record(_ entries: [LastSeen], now: Date = .now) throws(StorageError) {
    // Half a line may be there, as on a full disk: the next one must not grow out of it.
    var lines = Array((isTorn ? LastSeenLine.spoiler : "").utf8)
    for entry in entries { LastSeenLine.append(entry, to: &lines) }
    lines += "\(LastSeenJournal.alive)\t\(LastSeenLine.milliseconds(now))\n".utf8
    do throws(SystemError) {
      try file.append(lines)
      isTorn = false
      lineCount += entries.count + 1
    } catch {
      isTorn = true
      throw .system(error)
    }
    if lineCount > 3 * deviceCount + Self.slack { try writeAnew() }
  }

  /// Everything that is known, by device.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public func entries() throws(StorageError) -> [DeviceID: LastSeen] {
    try LastSeenJournal.read(path)?.entries ?? [:]
  }

  private mutating func writeAnew() throws(StorageError) {
    let entries = try entries().values.filter {
      isKnown($0.device) || startedAt.timeIntervalSince($0.seenAt) < Self.memoryOfStrangers
    }
    var lines = Array("\(LastSeenJournal.started)\t\(LastSeenLine.milliseconds(startedAt))\n".utf8)
    for entry in entries { LastSeenLine.append(entry, to: &lines) }
    do {
      file = try AppendFile.replacing(path: path, with: lines)
    } catch {
      throw .system(error)
    }
    deviceCount = entries.count
    lineCount = entries.count
  }
}
