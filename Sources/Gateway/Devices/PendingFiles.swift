import Devices
import Platform

/// Which files of devices.d are to be looked at, as its events say.
///
/// A file that is being written is left alone until its writer closes it: half of it may well look whole.
struct PendingFiles {
  /// The files to look at now.
  private(set) var ready: Set<String> = []
  /// Those among them that may be about to be written.
  private var appeared: Set<String> = []
  /// Those that are being written, and when to look at them all the same: a writer that keeps its file open must not
  /// hide it for ever.
  private(set) var growing: [String: ContinuousClock.Instant] = [:]
  /// Whether every file has to be looked at.
  private(set) var isEverything = false
  /// Whether the directory may be another one.
  private(set) var hasMoved = false
  /// Whether something happened in the directory, so that links into it may lead to something else.
  private var touchesLinks = false

  /// Whether there is something to do at once.
  var isEmpty: Bool { ready.isEmpty && !isEverything && !hasMoved && !touchesLinks }

  /// When the next growing file is looked at all the same.
  var nextDeadline: ContinuousClock.Instant? { growing.values.min() }

  /// Takes what happened.
  mutating func add(_ events: [DirectoryEvent], now: ContinuousClock.Instant) {
    for event in events {
      switch event {
      case .written(let name), .gone(let name):
        growing[name] = nil
        appeared.remove(name)
        touch(name)
      case .appeared(let name):
        guard growing[name] == nil else { continue }
        if DeviceDirectory.isDeviceFile(name), !ready.contains(name) { appeared.insert(name) }
        touch(name)
      case .growing(let name):
        guard DeviceDirectory.isDeviceFile(name) else { continue }
        growing[name] = now + Self.patience
        ready.remove(name)
        appeared.remove(name)
      case .attributes: isEverything = true
      case .lost:
        // That a writer is done may be among what was lost.
        growing = [:]
        isEverything = true
      case .moved: hasMoved = true
      }
    }
  }

  /// Adds files to look at, whatever their writers do.
  mutating func add(_ names: Set<String>) { ready.formUnion(names) }

  /// Says that every file is to be looked at.
  mutating func addEverything() { isEverything = true }

  /// Whether the directory had to be opened anew since the last call.
  mutating func takeMove() -> Bool {
    defer { hasMoved = false }
    return hasMoved
  }

  /// Whether everything had to be looked at since the last call.
  mutating func takeEverything() -> Bool {
    defer { isEverything = false }
    return isEverything
  }

  /// The files to look at now.
  ///
  /// - Parameters:
  ///   - links: the files that are links; they may have changed if anything in the directory did.
  ///   - now: the time.
  ///   - isEmpty: whether a file has no bytes. If it was just made, it is about to be written.
  /// - Returns: their names.
  mutating func take(
    links: Set<String>, now: ContinuousClock.Instant, isEmpty: (String) -> Bool
  ) -> Set<String> {
    for name in appeared where isEmpty(name) {
      ready.remove(name)
      growing[name] = now + Self.patience
    }
    for (name, deadline) in growing where deadline <= now {
      growing[name] = nil
      ready.insert(name)
    }
    defer { (ready, appeared, touchesLinks) = ([], [], false) }
    return touchesLinks ? ready.union(links) : ready
  }

  private mutating func touch(_ name: String) {
    touchesLinks = true
    if DeviceDirectory.isDeviceFile(name) || name.hasSuffix(".yml") { ready.insert(name) }
  }

  private static let patience = Duration.seconds(30)
}
