/// How the keys of a directory are written, and which master keys they are under.
public struct SealTally: Sendable, Equatable {
  /// How many are in clear.
  public internal(set) var clear = 0
  /// How many opened, by the version of their master key.
  public internal(set) var opened: [MasterKeyVersion: Int] = [:]
  /// How many are sealed under a master key that is not at hand, by its version.
  public internal(set) var missing: [MasterKeyVersion: Int] = [:]

  /// Adds what another thread met.
  mutating func add(_ other: SealTally) {
    clear += other.clear
    opened.merge(other.opened) { $0 + $1 }
    missing.merge(other.missing) { $0 + $1 }
  }

  /// Takes away what was met in a file that is no longer as it was.
  mutating func subtract(_ other: SealTally) {
    clear -= other.clear
    opened = opened.merging(other.opened) { $0 - $1 }.filter { $0.value > 0 }
    missing = missing.merging(other.missing) { $0 - $1 }.filter { $0.value > 0 }
  }

  /// Whether no sealed key was met but those under other master keys: those at hand belong to another directory.
  var isAllMissing: Bool { opened.isEmpty && !missing.isEmpty }
}
