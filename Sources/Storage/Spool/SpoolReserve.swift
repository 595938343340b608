import Platform

/// Space on the disk that is for taking messages out: to delete a row, SQLite has to write. When the disk is full the
/// space is given to it, and no message is added before it could be reserved again.
struct SpoolReserve {
  /// Room for the log up to a checkpoint, and for what the checkpoint adds to the file.
  private static let bytes = 8 << 20
  /// How many messages are taken out in one transaction while the reserve is spent.
  static let removals = 1_000

  private let path: String
  private(set) var isSpent = true

  init(beside path: String) { self.path = path + ".reserve" }

  /// Whether messages may be added.
  ///
  /// - Throws: ``SQLiteError/disk(_:)`` if not.
  mutating func require() throws(SQLiteError) {
    guard isSpent else { return }
    do throws(SystemError) {
      try ReservedSpace.take(Self.bytes, at: path)
      isSpent = false
    } catch {
      throw .disk("\(error)")
    }
  }

  /// The disk is full: what follows only takes messages out.
  mutating func spend() {
    isSpent = true
    ReservedSpace.give(path)
  }
}
