import Model
import Platform

/// STATE/spool.db, for the one thread that uses it.
///
/// Its tables may be looked at with sqlite3(1) while no gateway runs: `spool` has a row for each message that the broker has not
/// acknowledged, in the order of `sequence`; `set_aside` those that it will never take, with the reason. `stored_at` and
/// `set_aside_at` are milliseconds since 1970, `lane` is a hash of the device's id.
final class SpoolFile {
  /// The version of the tables (PRAGMA user_version).
  static let version = 2
  private static let schema = """
    CREATE TABLE IF NOT EXISTS spool (
      sequence INTEGER PRIMARY KEY, lane INTEGER NOT NULL, stored_at INTEGER NOT NULL, qos INTEGER NOT NULL,
      retain INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, properties BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS set_aside (
      id INTEGER PRIMARY KEY, set_aside_at INTEGER NOT NULL, reason TEXT NOT NULL, qos INTEGER NOT NULL,
      retain INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, properties BLOB NOT NULL) STRICT;
    PRAGMA user_version = \(version);
    """
  /// From version 1, which knew no properties (MQTT 5).
  private static let upgrade = """
    ALTER TABLE spool ADD COLUMN properties BLOB NOT NULL DEFAULT x'';
    ALTER TABLE set_aside ADD COLUMN properties BLOB NOT NULL DEFAULT x'';
    PRAGMA user_version = \(version);
    """
  /// How many pages of 4 KiB an empty spool may keep.
  private static let mostFreePages = 1_024
  private static let size = "length(CAST(topic AS BLOB)) + length(payload) + length(properties)"

  let database: SQLiteDatabase
  private let insertion: SQLiteStatement
  private let removal: SQLiteStatement
  private let page: SQLiteStatement
  private let first: SQLiteStatement
  let setAside: SetAsideTable

  /// Opens the file, and makes it where it is missing.
  ///
  /// - Throws: ``SQLiteError``.
  init(path: String) throws(SQLiteError) {
    // So that it has our mode from the start.
    do throws(SystemError) { _ = try AppendFile(path: path) } catch { throw .disk("\(error)") }
    database = try SQLiteDatabase(path: path, mode: .readWrite)
    try Self.configure(database)
    insertion = try SQLiteStatement("INSERT OR IGNORE INTO spool VALUES (?, ?, ?, ?, ?, ?, ?, ?)", in: database)
    removal = try SQLiteStatement("DELETE FROM spool WHERE sequence = ? RETURNING \(Self.size)", in: database)
    page = try SQLiteStatement(
      "SELECT sequence, lane, qos, retain, topic, payload, properties, stored_at FROM spool WHERE sequence > ? ORDER BY sequence",
      in: database)
    first = try SQLiteStatement("SELECT stored_at FROM spool ORDER BY sequence LIMIT 1", in: database)
    setAside = try SetAsideTable(in: database)
  }

  /// One process, one connection: no shared memory file is needed, and every commit is on disk when it returns.
  private static func configure(_ database: SQLiteDatabase) throws(SQLiteError) {
    try database.run(
      """
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -4096;
      PRAGMA journal_size_limit = 16777216;
      """)
    let found = try database.value(of: "PRAGMA user_version").flatMap(Int.init) ?? 0
    guard found <= version else {
      throw .refused("it was written by a newer gateway: its tables have version \(found), known is \(version)")
    }
    if found == 0 { try database.run("BEGIN IMMEDIATE; \(schema) COMMIT") }
    if found == 1 { try database.run("BEGIN IMMEDIATE; \(upgrade) COMMIT") }
  }

  /// Looks through everything.
  ///
  /// - Throws: ``SQLiteError``, also where a page cannot be read.
  func contents() throws(SQLiteError) -> SpoolContents {
    var contents = SpoolContents()
    let rows = try SQLiteStatement("SELECT sequence, lane, \(Self.size) FROM spool ORDER BY sequence", in: database)
    while try rows.step() {
      contents.messages += 1
      contents.bytes += Int(rows.number(at: 2))
      contents.messagesByLane[UInt64(bitPattern: rows.number(at: 1)), default: 0] += 1
      contents.nextSequence = rows.number(at: 0) + 1
    }
    return contents
  }

  /// When the oldest message was stored.
  func oldest() throws(SQLiteError) -> Int64? {
    defer { first.reset() }
    return try first.step() ? first.number(at: 0) : nil
  }

  /// Writes one message; false if it is there already.
  @discardableResult
  func insert(_ message: SpooledMessage, storedAt time: Int64) throws(SQLiteError) -> Bool {
    try insertion.bind(message.sequence, at: 1)
    try insertion.bind(Int64(bitPattern: message.lane), at: 2)
    try insertion.bind(time, at: 3)
    try insertion.bind(message.message, at: 4)
    try insertion.run()
    return database.changeCount > 0
  }

  /// Takes one message out; returns its bytes, nil if it was not there.
  func remove(_ sequence: Int64) throws(SQLiteError) -> Int? {
    try removal.bind(sequence, at: 1)
    defer { removal.reset() }
    return try removal.step() ? Int(removal.number(at: 0)) : nil
  }

  /// Gives the disk its space back, once everything has left that needed it.
  func shrink() {
    // It is tried again the next time that nothing is left.
    guard let free = try? database.value(of: "PRAGMA freelist_count").flatMap(Int.init), free > Self.mostFreePages
    else {
      return
    }
    try? database.run("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// Moves what the log has into the file, so that the log begins anew.
  func checkpoint() {
    // Where there is no room for it, the log goes on.
    try? database.run("PRAGMA wal_checkpoint(PASSIVE)")
  }

  /// Reads a page of one share.
  func read(_ request: SpoolReading, at clock: SpoolClock) throws(SQLiteError) -> SpoolPage {
    try page.bind(request.after, at: 1)
    defer { page.reset() }
    var result = SpoolPage(messages: [], end: request.after, hasMore: false)
    var (scanned, bytes, last) = (0, 0, request.after)
    while try page.step() {
      if result.messages.count >= request.count || bytes >= request.bytes || scanned >= SpoolReading.mostRows {
        result.hasMore = true
        break
      }
      scanned += 1
      last = page.number(at: 0)
      guard request.wants(UInt64(bitPattern: page.number(at: 1))), let message = page.spooledMessage else { continue }
      bytes += message.byteCount
      result.messages.append(message.aged(by: clock.age(of: page.number(at: 7))))
    }
    // Others' messages are passed over for good only where there is none of this share among them.
    result.end = result.messages.last?.sequence ?? last
    return result
  }
}

/// Which page is wanted.
struct SpoolReading: Sendable {
  /// The most rows that are looked at for one page, so that others need not wait long.
  static let mostRows = 50_000

  let share: Int
  let shares: Int
  let after: Int64
  let count: Int
  let bytes: Int

  func wants(_ lane: UInt64) -> Bool { lane % UInt64(shares) == UInt64(share) }
}

extension SQLiteStatement {
  /// Puts a message into five places in a row.
  func bind(_ message: Message, at place: CInt) throws(SQLiteError) {
    try bind(Int64(message.qos.rawValue), at: place)
    try bind(message.retain ? 1 : 0, at: place + 1)
    try bind(message.topic.name, at: place + 2)
    try bind(message.payload, at: place + 3)
    try bind(message.properties.bytes, at: place + 4)
  }

  /// The message in a row of sequence, lane, QoS, retain, topic, payload and properties; nil if it is none.
  var spooledMessage: SpooledMessage? {
    guard let message = message(at: 2) else { return nil }
    return SpooledMessage(sequence: number(at: 0), lane: UInt64(bitPattern: number(at: 1)), message: message)
  }

  /// The message in five columns in a row: QoS, retain, topic, payload and properties; nil if it is none.
  func message(at column: CInt) -> Message? {
    guard let qos = UInt8(exactly: number(at: column)).flatMap(QualityOfService.init(rawValue:)),
      let topic = try? Topic(text(at: column + 2)), let properties = [MessageProperty](bytes: bytes(at: column + 4))
    else { return nil }
    return Message(
      topic: topic, payload: bytes(at: column + 3), qos: qos, retain: number(at: column + 1) != 0,
      properties: properties)
  }
}
