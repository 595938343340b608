import CSQLite

/// Why SQLite could not do something.
enum SQLiteError: Error, Equatable, CustomStringConvertible {
  /// The file is no database, or not whole.
  case damaged(String)
  /// The disk is full, may not be written, or fails; later it may work.
  case disk(String)
  /// Anything else, which would be a mistake of ours.
  case refused(String)

  /// What a result code means (https://sqlite.org/rescode.html); the primary one is its last byte.
  init(code: CInt, _ message: String) {
    switch code & 0xff {
    case SQLITE_CORRUPT, SQLITE_NOTADB: self = .damaged(message)
    case SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_NOMEM, SQLITE_PERM: self = .disk(message)
    default: self = .refused(message)
    }
  }

  /// SQLite's own words.
  var description: String {
    switch self {
    case .damaged(let message), .disk(let message), .refused(let message): message
    }
  }
}
