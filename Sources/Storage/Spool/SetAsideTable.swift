import Model

/// The messages that the broker will never take, the newest ones of them.
final class SetAsideTable {
  /// The most messages that are kept, and the most bytes of their topics and payloads.
  private static let (mostMessages, mostBytes) = (1_000, 16 << 20)

  private let insertion: SQLiteStatement
  private let oldest: SQLiteStatement
  private let found: SQLiteStatement
  private(set) var count = 0
  private var bytes = 0

  init(in database: SQLiteDatabase) throws(SQLiteError) {
    let size = "length(CAST(topic AS BLOB)) + length(payload) + length(properties)"
    insertion = try SQLiteStatement("INSERT INTO set_aside VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", in: database)
    oldest = try SQLiteStatement(
      "DELETE FROM set_aside WHERE id = (SELECT min(id) FROM set_aside) RETURNING \(size)", in: database)
    found = try SQLiteStatement("SELECT count(*), coalesce(sum(\(size)), 0) FROM set_aside", in: database)
    try recount()
  }

  /// Looks how much there is: at the start, and after a transaction has failed.
  func recount() throws(SQLiteError) {
    defer { found.reset() }
    if try found.step() { (count, bytes) = (Int(found.number(at: 0)), Int(found.number(at: 1))) }
  }

  /// Adds a message; returns how many older ones had to go.
  func insert(_ message: SpooledMessage, reason: String, at time: Int64) throws(SQLiteError) -> Int {
    try insertion.bind(time, at: 1)
    try insertion.bind(reason, at: 2)
    try insertion.bind(message.message, at: 3)
    try insertion.run()
    count += 1
    bytes += message.byteCount
    var forgotten = 0
    while count > Self.mostMessages || (bytes > Self.mostBytes && count > 1) {
      defer { oldest.reset() }
      guard try oldest.step() else { break }
      count -= 1
      bytes -= Int(oldest.number(at: 0))
      forgotten += 1
    }
    return forgotten
  }
}
