import Platform

/// A new spool in the place of a damaged one, which is put aside; what can be read of that is in the new one.
///
/// The new file is whole before the damaged one gives up its name, so a rescue that is interrupted begins again.
struct SpoolRescue {
  let file: SpoolFile
  let event: SpoolEvent

  /// Copies what can be read of the file at `path` into a new one, and exchanges the two.
  ///
  /// - Throws: ``SQLiteError/disk(_:)`` if there can be no new file; the damaged one is where it was then.
  init(damaged path: String, reason: String, at time: Int64) throws(SQLiteError) {
    let (new, aside) = (Self.newName(of: path), "\(path).damaged-\(time)")
    FileName.remove(new)
    FileName.remove(new + "-wal")
    let recovered = try Self.copy(path, to: new, at: time)
    do throws(SystemError) {
      // SQLite looks for the log beside the file; there may be none.
      try FileName.change(from: path + "-wal", to: aside + "-wal", ifThere: true)
      try FileName.change(from: path, to: aside)
      try FileName.change(from: new, to: path)
    } catch {
      throw .disk("\(error)")
    }
    file = try SpoolFile(path: path)
    event = .damaged(reason: reason, path: aside, recovered: recovered)
  }

  /// Ends a rescue that was interrupted when the damaged file had been put aside.
  ///
  /// - Throws: ``SQLiteError/disk(_:)``.
  static func resume(_ path: String) throws(SQLiteError) {
    guard !FileName.exists(path), FileName.exists(newName(of: path)) else { return }
    do throws(SystemError) { try FileName.change(from: newName(of: path), to: path) } catch { throw .disk("\(error)") }
  }

  private static func newName(of path: String) -> String { path + ".new" }

  /// - Returns: how many messages could be read. The new file has no log when this returns.
  private static func copy(_ path: String, to new: String, at time: Int64) throws(SQLiteError) -> Int {
    let target = try SpoolFile(path: new)
    var salvage = Salvage(into: target, at: time)
    try target.database.run("BEGIN IMMEDIATE")
    // A file that is not even a database has nothing.
    if let damaged = try? SQLiteDatabase(path: path, mode: .readWrite) {
      // With this SQLite reads a file that is shorter than it says; it fails where nothing else would work either.
      try? damaged.run("PRAGMA writable_schema = ON")
      try salvage.run(on: damaged)
    }
    try target.database.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
    return salvage.count
  }

  /// Reads the rows that can be read: from the front, from the back, and from the middle of what is left between.
  private struct Salvage {
    private static let deepest = 12
    private let target: SpoolFile
    private let time: Int64
    private(set) var count = 0

    init(into target: SpoolFile, at time: Int64) {
      self.target = target
      self.time = time
    }

    mutating func run(on damaged: SQLiteDatabase) throws(SQLiteError) {
      try salvage(1...Int64.max - 1, of: damaged, depth: 0)
    }

    private mutating func salvage(
      _ range: ClosedRange<Int64>, of damaged: SQLiteDatabase, depth: Int
    ) throws(SQLiteError) {
      guard let front = try copy(range, of: damaged, "ASC") else { return }
      guard front < range.upperBound, let back = try copy(front + 1...range.upperBound, of: damaged, "DESC") else {
        return
      }
      guard depth < Self.deepest, back - front > 2 else { return }
      let middle = front + (back - front) / 2
      try salvage(front + 1...middle, of: damaged, depth: depth + 1)
      if middle + 1 < back { try salvage(middle + 1...back - 1, of: damaged, depth: depth + 1) }
    }

    /// Copies rows up to the first that cannot be read.
    ///
    /// - Returns: the last place that was read, or the one before the range; nil when all was read.
    private mutating func copy(
      _ range: ClosedRange<Int64>, of damaged: SQLiteDatabase, _ order: String
    ) throws(SQLiteError) -> Int64? {
      var last = order == "ASC" ? range.lowerBound - 1 : range.upperBound
      do throws(SQLiteError) {
        // The first version had no properties; where it cannot be read, there are some.
        let version = (try? damaged.value(of: "PRAGMA user_version")).flatMap { $0 }
        let properties = version == "1" ? "x''" : "properties"
        let rows = try SQLiteStatement(
          """
          SELECT sequence, lane, qos, retain, topic, payload, \(properties) FROM spool
          WHERE sequence BETWEEN \(range.lowerBound) AND \(range.upperBound) ORDER BY sequence \(order)
          """, in: damaged)
        while try rows.step() {
          guard let message = rows.spooledMessage, range.contains(message.sequence) else { continue }
          last = message.sequence
          try insert(message)
        }
        return nil
      } catch {
        // The new file's trouble is another matter.
        if case .disk = error { throw error }
        return last
      }
    }

    private mutating func insert(_ message: SpooledMessage) throws(SQLiteError) {
      try target.insert(message, storedAt: time)
      count += 1
    }
  }
}
