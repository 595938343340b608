import FoundationEssentials
import Model
import Platform

/// STATE/sessions.db, for the one thread that uses it.
///
/// Its tables may be looked at with sqlite3(1) while no gateway runs. Times are milliseconds since 1970.
final class SessionFile {
  private static let version = 1
  private static let schema = """
    CREATE TABLE session (
      id INTEGER PRIMARY KEY, device TEXT NOT NULL, client_id TEXT NOT NULL, expiry INTEGER NOT NULL,
      ended_at INTEGER) STRICT;
    CREATE TABLE subscription (
      session INTEGER NOT NULL, filter TEXT NOT NULL, options INTEGER NOT NULL, identifier INTEGER NOT NULL,
      PRIMARY KEY (session, filter)) STRICT, WITHOUT ROWID;
    CREATE TABLE queue (
      sequence INTEGER PRIMARY KEY, session INTEGER NOT NULL, stored_at INTEGER NOT NULL, identifiers TEXT NOT NULL,
      qos INTEGER NOT NULL, retain INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL,
      properties BLOB NOT NULL) STRICT;
    CREATE INDEX queue_session ON queue (session, sequence);
    CREATE TABLE will (
      id INTEGER PRIMARY KEY, device TEXT NOT NULL, client_id TEXT NOT NULL, delay INTEGER NOT NULL,
      qos INTEGER NOT NULL, retain INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL,
      properties BLOB NOT NULL) STRICT;
    CREATE TABLE upstream (filter TEXT PRIMARY KEY, identifier INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA user_version = \(version);
    """

  let database: SQLiteDatabase
  private var statements: [String: SQLiteStatement] = [:]

  /// Opens the file, and makes it where it is missing.
  ///
  /// - Throws: ``SQLiteError``.
  init(path: String) throws(SQLiteError) {
    // So that it has our mode from the start.
    do throws(SystemError) { _ = try AppendFile(path: path) } catch { throw .disk("\(error)") }
    database = try SQLiteDatabase(path: path, mode: .readWrite)
    try database.run(
      """
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -4096;
      PRAGMA journal_size_limit = 16777216;
      """)
    let found = try database.value(of: "PRAGMA user_version").flatMap(Int.init) ?? 0
    guard found <= Self.version else {
      throw .refused(
        "it was written by a newer gateway: its tables have version \(found), known is \(Self.version)")
    }
    if found == 0 { try database.run("BEGIN IMMEDIATE; \(Self.schema) COMMIT") }
  }

  /// Prepares `sql` once.
  func statement(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
    if let known = statements[sql] { return known }
    let statement = try SQLiteStatement(sql, in: database)
    statements[sql] = statement
    return statement
  }

  /// Runs `sql` with numbers and texts in its places.
  func run(_ sql: String, _ values: Value...) throws(SQLiteError) {
    let statement = try statement(sql)
    try statement.bind(values)
    try statement.run()
  }

  /// What stands in a place of a statement.
  enum Value {
    case number(Int64)
    case text(String)
    case bytes([UInt8])
    case null
  }
}

extension SQLiteStatement {
  /// Puts values into the first places.
  func bind(_ values: [SessionFile.Value]) throws(SQLiteError) {
    for (index, value) in values.enumerated() {
      let place = CInt(index + 1)
      switch value {
      case .number(let number): try bind(number, at: place)
      case .text(let text): try bind(text, at: place)
      case .bytes(let bytes): try bind(bytes, at: place)
      case .null: try bindNull(at: place)
      }
    }
  }
}

// What is read when the gateway starts, and when a device comes back.
extension SessionFile {
  /// Everything but the messages, after what has expired by `now` was removed.
  func contents(at now: Int64) throws(SQLiteError) -> StoredSessions {
    var contents = StoredSessions()
    try database.run("BEGIN IMMEDIATE")
    // A session that was connected when the gateway ended has ended with it.
    try run("UPDATE session SET ended_at = ?1 WHERE ended_at IS NULL", .number(now))
    try run(
      "DELETE FROM session WHERE expiry < 4294967295 AND ended_at + expiry * 1000 <= ?1", .number(now))
    for table in ["queue", "subscription"] {
      try database.run("DELETE FROM \(table) WHERE session NOT IN (SELECT id FROM session)")
    }
    try database.run("COMMIT")
    let subscriptions = try self.subscriptions()
    let rows = try SQLiteStatement(
      """
      SELECT id, device, client_id, expiry, ended_at, count(sequence), total(length(payload) + length(topic) + 64)
      FROM session LEFT JOIN queue ON queue.session = session.id GROUP BY id
      """, in: database)
    while try rows.step() {
      guard let device = try? DeviceID(rows.text(at: 1)) else { continue }
      var session = StoredSession(
        id: rows.number(at: 0), device: device, clientID: rows.text(at: 2),
        expiryInterval: UInt32(clamping: rows.number(at: 3)),
        endedAt: Date(timeIntervalSince1970: Double(rows.number(at: 4)) / 1_000))
      session.subscriptions = subscriptions[session.id] ?? []
      session.queuedMessages = Int(rows.number(at: 5))
      session.queuedBytes = Int(rows.number(at: 6))
      contents.sessions.append(session)
    }
    contents.wills = try wills()
    let upstream = try SQLiteStatement("SELECT filter, identifier FROM upstream", in: database)
    while try upstream.step() { contents.upstream[upstream.text(at: 0)] = Int(upstream.number(at: 1)) }
    let highest =
      "SELECT max((SELECT ifnull(max(id), 0) FROM session), (SELECT ifnull(max(id), 0) FROM will), (SELECT ifnull(max(sequence), 0) FROM queue))"
    contents.nextID = (try database.value(of: highest).flatMap(Int64.init) ?? 0) + 1
    return contents
  }

  private func subscriptions() throws(SQLiteError) -> [Int64: [StoredSubscription]] {
    var found: [Int64: [StoredSubscription]] = [:]
    let rows = try SQLiteStatement("SELECT session, filter, options, identifier FROM subscription", in: database)
    while try rows.step() {
      let identifier = Int(rows.number(at: 3))
      found[rows.number(at: 0), default: []].append(
        StoredSubscription(
          filter: rows.text(at: 1), options: UInt8(truncatingIfNeeded: rows.number(at: 2)),
          identifier: identifier == 0 ? nil : identifier))
    }
    return found
  }

  private func wills() throws(SQLiteError) -> [StoredWill] {
    var wills: [StoredWill] = []
    let rows = try SQLiteStatement(
      "SELECT id, device, client_id, delay, qos, retain, topic, payload, properties FROM will ORDER BY id", in: database
    )
    while try rows.step() {
      guard let device = try? DeviceID(rows.text(at: 1)), let message = rows.message(at: 4) else { continue }
      wills.append(
        StoredWill(
          id: rows.number(at: 0), device: device, clientID: rows.text(at: 2), message: message,
          delay: UInt32(clamping: rows.number(at: 3))))
    }
    return wills
  }

  /// The messages of one session, in their order.
  func deliveries(for session: Int64, at now: Int64) throws(SQLiteError) -> [StoredDelivery] {
    let rows = try statement(
      """
      SELECT sequence, stored_at, identifiers, qos, retain, topic, payload, properties FROM queue
      WHERE session = ? ORDER BY sequence
      """)
    try rows.bind(session, at: 1)
    defer { rows.reset() }
    var deliveries: [StoredDelivery] = []
    while try rows.step() {
      guard let message = rows.message(at: 3) else { continue }
      deliveries.append(
        StoredDelivery(
          sequence: rows.number(at: 0), session: session, message: message,
          subscriptionIdentifiers: rows.text(at: 2).split(separator: ",").compactMap { Int($0) },
          age: .milliseconds(max(0, now - rows.number(at: 1)))))
    }
    return deliveries
  }
}
