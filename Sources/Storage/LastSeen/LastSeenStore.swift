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
  /// A disk that is full is no failure: ``record(_:now:)`` tries again.
  ///
  /// - Parameters:
  ///   - state: where it lies.
  ///   - now: when the gateway starts.
  ///   - deviceCount: how many devices exist.
  ///   - isKnown: whether a device still exists; others are forgotten 90 days after they were last seen.
  /// - Throws: ``StorageError/system(_:)`` if the file cannot be opened.
  public init(
    in state: StateDirectory, now: Date = .now, deviceCount: Int = 0, isKnown: @escaping @Sendable (DeviceID) -> Bool
  ) throws(StorageError) {
    path = state.path + "/" + LastSeenJournal.name
    self.isKnown = isKnown
    self.deviceCount = deviceCount
    startedAt = now
    lineCount = LastSeenJournal.lineCount(path)
    do throws(SystemError) { file = try AppendFile(path: path) } catch { throw .system(error) }
    do throws(SystemError) {
      // What a kill cut short ends here.
      try file.append("\(LastSeenLine.spoiler)\(LastSeenJournal.started)\t\(LastSeenLine.milliseconds(now))\n")
    } catch {
      isTorn = true
    }
  }

  /// Takes note of `entries`, of which each replaces what was known of its device, and that the gateway lives at `now`.
  ///
  /// - Throws: ``StorageError/system(_:)``; then the entries are lost, and the next ones are tried again.
  public mutating func record(_ entries: [LastSeen], now: Date = .now) throws(StorageError) {
    // Half a line may be there, as on a full disk: the next one must not grow out of it.
    let start = "\(LastSeenJournal.started)\t\(LastSeenLine.milliseconds(startedAt))\n"
    var lines = Array((isTorn ? LastSeenLine.spoiler + start : "").utf8)
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
    if lineCount > 3 * deviceCount + Self.slack { try writeAnew(now: now) }
  }

  /// Everything that is known, by device.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public func entries() throws(StorageError) -> [DeviceID: LastSeen] {
    try LastSeenJournal.read(path)?.entries ?? [:]
  }

  /// With a line for each device, and none for those that went long ago.
  private mutating func writeAnew(now: Date) throws(StorageError) {
    var lines = Array("\(LastSeenJournal.started)\t\(LastSeenLine.milliseconds(startedAt))\n".utf8)
    var count = 0
    try LastSeenJournal.read(path)?.forEach { entry in
      guard isKnown(entry.device) || now.timeIntervalSince(entry.seenAt) < Self.memoryOfStrangers else { return }
      LastSeenLine.append(entry, to: &lines)
      count += 1
    }
    do {
      file = try AppendFile.replacing(path: path, with: lines)
    } catch {
      throw .system(error)
    }
    deviceCount = count
    lineCount = count
  }
}
