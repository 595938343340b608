/// An open-addressing hash table of small integers; what they stand for, its owner knows.
///
/// Made for a number of entries that is known beforehand: it never grows, and is at most half full.
struct HashIndex: Sendable {
  private var slots: [UInt32]
  private let mask: Int

  /// Makes a table for `capacity` entries.
  init(capacity: Int) {
    var count = 8
    while count < capacity * 2 { count *= 2 }
    slots = [UInt32](repeating: Self.free, count: count)
    mask = count - 1
  }

  /// The entry with this hash that `isWanted`.
  @inline(__always)
  func find(_ hash: Int, _ isWanted: (UInt32) -> Bool) -> UInt32? {
    var slot = hash & mask
    while slots[slot] != Self.free {
      if isWanted(slots[slot]) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds an entry. The owner adds no more than it made room for.
  mutating func insert(_ entry: UInt32, hash: Int) {
    var slot = hash & mask
    while slots[slot] != Self.free { slot = (slot + 1) & mask }
    slots[slot] = entry
  }

  /// The hash of `bytes`, seeded anew in each process: peers choose identities, and must not be able to choose them so
  /// that they collide.
  static func hash(_ bytes: Span<UInt8>) -> Int {
    var hasher = Hasher()
    var word: UInt64 = 0
    for index in bytes.indices {
      word = word << 8 | UInt64(bytes[index])
      if index & 7 == 7 { hasher.combine(word) }
    }
    hasher.combine(word)
    hasher.combine(bytes.count)
    return hasher.finalize()
  }

  private static let free = UInt32.max
}
