/// What the next transaction does.
struct SpoolChanges {
  /// A batch of messages to add, and who waits for it.
  struct Append {
    let messages: [SpooledMessage]
    let completion: @Sendable (Result<Void, StorageError>) -> Void
  }

  /// A message to set aside.
  struct Reject {
    let message: SpooledMessage
    let reason: String
  }

  var appends: [Append] = []
  var removals: [Int64] = []
  var rejects: [Reject] = []

  var isEmpty: Bool { appends.isEmpty && removals.isEmpty && rejects.isEmpty }
  /// Whether somebody waits for it, or it has grown large.
  var isUrgent: Bool { !appends.isEmpty || !rejects.isEmpty || removals.count > 10_000 }

  /// The places of the messages that are to leave the disk.
  var leaving: Set<Int64> { Set(removals + rejects.map(\.message.sequence)) }

  /// The first of its removals alone.
  func removals(atMost count: Int) -> SpoolChanges {
    var first = SpoolChanges()
    first.removals = Array(removals.prefix(count))
    return first
  }

  /// Takes out the beginning of each list, which is `done`.
  mutating func remove(_ done: SpoolChanges) {
    appends.removeFirst(done.appends.count)
    removals.removeFirst(done.removals.count)
    rejects.removeFirst(done.rejects.count)
  }
}
