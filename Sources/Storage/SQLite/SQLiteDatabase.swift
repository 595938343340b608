import CSQLite

/// One connection to one SQLite file; used by one thread at a time.
@safe
final class SQLiteDatabase {
  // Owned: made in init, freed in deinit.
  fileprivate let handle: OpaquePointer

  /// Opens the file at `path`.
  ///
  /// - Throws: ``SQLiteError``.
  init(path: String, mode: Mode) throws(SQLiteError) {
    let flags =
      switch mode {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    var handle: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let opened = unsafe handle else {
      let text = unsafe handle.map { unsafe Self.message(of: $0) } ?? "out of memory"
      unsafe sqlite3_close(handle)
      throw SQLiteError(code: code, "\(path): \(text)")
    }
    unsafe self.handle = opened
  }

  // Statements keep their database, so none is left here.
  deinit { unsafe sqlite3_close(handle) }

  enum Mode {
    case readOnly
    case readWrite
  }

  /// Runs one or more statements that return nothing of interest.
  ///
  /// - Throws: ``SQLiteError``.
  func run(_ sql: String) throws(SQLiteError) { try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil)) }

  /// The first column of the first row that `sql` returns, as text; nil if there is none.
  ///
  /// - Throws: ``SQLiteError``.
  func value(of sql: String) throws(SQLiteError) -> String? {
    let statement = try SQLiteStatement(sql, in: self)
    return try statement.step() ? statement.text(at: 0) : nil
  }

  /// How many rows the last INSERT, UPDATE or DELETE has changed.
  var changeCount: Int { Int(unsafe sqlite3_changes(handle)) }

  /// Whether a transaction is under way: some errors end it by themselves.
  var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  fileprivate func prepare(_ sql: String) throws(SQLiteError) -> OpaquePointer {
    var statement: OpaquePointer?
    let flags = CUnsignedInt(SQLITE_PREPARE_PERSISTENT)
    try check(unsafe sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil))
    guard let statement = unsafe statement else { throw .refused("no statement: \(sql)") }
    return unsafe statement
  }

  func check(_ code: CInt) throws(SQLiteError) {
    guard code != SQLITE_OK else { return }
    throw SQLiteError(code: code, unsafe Self.message(of: handle))
  }

  private static func message(of handle: OpaquePointer) -> String {
    guard let text = unsafe sqlite3_errmsg(handle) else { return "unknown error" }
    return unsafe String(cString: text)
  }
}

/// One prepared statement, used again and again.
@safe
final class SQLiteStatement {
  private let database: SQLiteDatabase
  // Owned: made in init, freed in deinit.
  private let handle: OpaquePointer

  /// Prepares `sql`.
  ///
  /// - Throws: ``SQLiteError``.
  init(_ sql: String, in database: SQLiteDatabase) throws(SQLiteError) {
    self.database = database
    unsafe handle = try database.prepare(sql)
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Puts a number at `place`, counted from 1.
  func bind(_ number: Int64, at place: CInt) throws(SQLiteError) {
    try database.check(unsafe sqlite3_bind_int64(handle, place, number))
  }

  /// Puts nothing there.
  func bindNull(at place: CInt) throws(SQLiteError) { try database.check(unsafe sqlite3_bind_null(handle, place)) }

  /// Puts a text there.
  func bind(_ text: String, at place: CInt) throws(SQLiteError) {
    try database.check(unsafe gw_sqlite3_bind_text(handle, place, text, CInt(clamping: text.utf8.count)))
  }

  /// Puts bytes there.
  func bind(_ bytes: [UInt8], at place: CInt) throws(SQLiteError) {
    try database.check(unsafe gw_sqlite3_bind_blob(handle, place, bytes, CInt(clamping: bytes.count)))
  }

  /// Goes to the next row; false at the end. Until ``reset()`` it holds on to the database's state.
  func step() throws(SQLiteError) -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      defer { reset() }
      try database.check(code)
      return false
    }
  }

  /// Runs it to its end, whatever it returns.
  func run() throws(SQLiteError) {
    defer { reset() }
    while try step() {}
  }

  /// Makes it ready to be bound and run again.
  func reset() {
    // It repeats the error of the last step, which was thrown.
    unsafe sqlite3_reset(handle)
  }

  /// A number of this row, in a column counted from 0.
  func number(at column: CInt) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

  /// A text of this row.
  func text(at column: CInt) -> String {
    guard let text = unsafe sqlite3_column_text(handle, column) else { return "" }
    return unsafe String(cString: text)
  }

  /// Bytes of this row.
  func bytes(at column: CInt) -> [UInt8] {
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    guard count > 0, let bytes = unsafe sqlite3_column_blob(handle, column) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }
}
