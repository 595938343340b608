public import FoundationEssentials
import Glibc
public import Model
import Platform

/// Rotations that devices have finished and devices.d does not show yet, because the gateway may not write there: after a
/// restart the old keys must stay dead.
///
/// STATE/rotations has a line `ID FINGERPRINT TIME` for each. It is written whole, in one step; there is no key in it.
public struct FinishedRotations: Sendable {
  /// One rotation.
  public struct Entry: Sendable, Equatable {
    /// What names it; not a key.
    public var fingerprint: String
    /// When the device used its new key.
    public var finishedAt: Date

    /// Says what names a rotation, and when it was finished.
    public init(fingerprint: String, finishedAt: Date) {
      self.fingerprint = fingerprint
      self.finishedAt = finishedAt
    }
  }

  private static let name = "rotations"
  /// The longest file that is read, in bytes: half a million rotations.
  private static let maximumBytes = 64 << 20

  /// The rotations, by device.
  public private(set) var entries: [DeviceID: Entry]
  /// Whether some lines could not be read. Their devices' old keys are good until they use the new ones again.
  public let isDamaged: Bool
  private let path: String

  /// Reads what an earlier run left in `state`.
  ///
  /// - Throws: ``StorageError/system(_:)`` if there is something that cannot be read.
  public init(in state: StateDirectory) throws(StorageError) {
    try self.init(readingIn: state.path)
  }

  /// Reads what the gateway whose state is in the directory `path` has left, for those who only look.
  ///
  /// - Throws: ``StorageError/system(_:)`` if there is something that cannot be read.
  public init(readingIn path: String) throws(StorageError) {
    self.path = path + "/" + Self.name
    (entries, isDamaged) = try Self.read(self.path)
  }

  /// From now on these are the rotations.
  ///
  /// - Throws: ``StorageError/system(_:)``; then a restart finds those from before.
  public mutating func replace(with entries: [DeviceID: Entry]) throws(StorageError) {
    guard entries != self.entries else { return }
    let lines = entries.sorted { $0.key < $1.key }.map { id, entry in
      "\(id) \(entry.fingerprint) \(entry.finishedAt.formatted(.iso8601))\n"
    }
    do throws(SystemError) {
      try AtomicFile.write(Array(lines.joined().utf8).span, to: path)
    } catch {
      throw .system(error)
    }
    self.entries = entries
  }

  private static func read(_ path: String) throws(StorageError) -> (entries: [DeviceID: Entry], isDamaged: Bool) {
    do throws(InputFileError) {
      let file = try InputFile(path: path)
      guard file.byteCount <= maximumBytes else { return ([:], true) }
      var bytes = [UInt8](repeating: 0, count: file.byteCount)
      var filled = 0
      while filled < bytes.count {
        let count = try file.read(into: &bytes, from: filled)
        guard count > 0 else { break }
        filled += count
      }
      return parse(bytes[..<filled])
    } catch {
      switch error {
      case .system(let error) where error.code == ENOENT: return ([:], false)
      case .system(let error): throw .system(error)
      case .notRegular, .leadsOutside: return ([:], true)
      }
    }
  }

  private static func parse(_ bytes: ArraySlice<UInt8>) -> (entries: [DeviceID: Entry], isDamaged: Bool) {
    var entries: [DeviceID: Entry] = [:]
    var isDamaged = false
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
      guard words.count == 3, let id = try? DeviceID(words[0]), let time = try? Date(words[2], strategy: .iso8601)
      else {
        isDamaged = true
        continue
      }
      entries[id] = Entry(fingerprint: words[1], finishedAt: time)
    }
    return (entries, isDamaged)
  }
}
