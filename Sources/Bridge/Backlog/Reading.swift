import Storage

/// How far a lane has read the disk. One page is asked for at a time; what happens to its messages until it comes is
/// remembered.
struct Reading {
  /// How many messages are read at once, and about how many bytes.
  static let pageCount = 4_096
  static let pageBytes = 1 << 20
  /// The next page is asked for when fewer messages are left.
  static let lowWater = pageCount / 2

  /// Whether there may be messages that were not read.
  private(set) var hasMore: Bool
  private var cursor: Int64 = 0
  private var isUnderWay = false
  /// Whether the page that comes is not the next one any more.
  private var isStale = false
  /// What the broker has answered for since the page was asked for: it may be in it.
  private var answeredMeanwhile: Set<Int64> = []
  /// The oldest message that was stored since then: it may be missing.
  private var oldestStoredMeanwhile: Int64?

  init(hasMore: Bool) { self.hasMore = hasMore }

  /// After which message to read, unless a page is under way or there is none.
  mutating func begin() -> Int64? {
    guard hasMore, !isUnderWay else { return nil }
    (isUnderWay, isStale) = (true, false)
    (answeredMeanwhile, oldestStoredMeanwhile) = ([], nil)
    return cursor
  }

  /// What of a page that has come is to be sent; nothing where it has to be read again, or could not be.
  mutating func end(with page: SpoolPage?) -> [SpooledMessage] {
    isUnderWay = false
    guard let page, !isStale, oldestStoredMeanwhile.map({ $0 > page.end }) ?? true else { return [] }
    cursor = page.end
    hasMore = page.hasMore || oldestStoredMeanwhile != nil
    return answeredMeanwhile.isEmpty ? page.messages : page.messages.filter { !answeredMeanwhile.contains($0.sequence) }
  }

  /// The broker has answered for a message.
  mutating func answered(_ sequence: Int64) { if isUnderWay { answeredMeanwhile.insert(sequence) } }

  /// Messages from this place on were stored; whether they are older than what was read.
  mutating func mustRewind(to sequence: Int64) -> Bool {
    hasMore = true
    if isUnderWay { oldestStoredMeanwhile = min(sequence, oldestStoredMeanwhile ?? sequence) }
    return sequence <= cursor
  }

  /// What follows is read from this place on, again.
  mutating func rewind(to sequence: Int64) {
    cursor = min(cursor, sequence - 1)
    (hasMore, isStale) = (true, true)
  }
}
