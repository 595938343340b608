/// The spool's thread: it alone touches the file. Everything that was asked for meanwhile goes into one transaction, so
/// that one fsync serves many messages.
final class SpoolWorker {
  /// How long removals wait for company: they need no fsync of their own, for who repeats a message does no harm.
  private static let removalDelay = Duration.milliseconds(50)
  /// How long they wait after a failure.
  private static let retryDelay = Duration.seconds(1)
  /// How long a file that could not be opened is let alone.
  private static let openingPause = Duration.seconds(1)

  private let path: String
  private let clock: SpoolClock
  private let board: SpoolBoard
  private let tell: (SpoolEvent) -> Void
  /// Nil while it cannot be opened, or is not whole.
  private var file: SpoolFile?
  private var nextOpening = ContinuousClock.now
  private var reserve: SpoolReserve
  /// What is not committed yet.
  private var changes = SpoolChanges()
  /// When it must be.
  private var commitBy: ContinuousClock.Instant?

  init(
    path: String, file: SpoolFile?, clock: SpoolClock, board: SpoolBoard, _ tell: @escaping (SpoolEvent) -> Void
  ) {
    self.path = path
    reserve = SpoolReserve(beside: path)
    self.file = file
    self.clock = clock
    self.board = board
    self.tell = tell
  }

  /// Carries out orders until the last one.
  func run(_ orders: OrderQueue<SpoolOrder>) {
    // Where there is no room, the first message hears of it.
    try? reserve.require()
    while true {
      let batch = orders.take(within: patience)
      for order in batch {
        guard take(order) else { return }
      }
      if changes.isUrgent || commitBy.map({ $0 <= .now }) ?? false { commit() }
      if changes.isEmpty {
        commitBy = nil
      } else if commitBy == nil || batch.isEmpty {
        commitBy = .now + (board.statistics.isFailing ? Self.retryDelay : Self.removalDelay)
      }
    }
  }

  /// How long to wait for the next order; for ever if nothing is to be written.
  private var patience: Duration? { commitBy.map { max(.zero, $0 - .now) } }

  /// Whether there is more to come.
  private func take(_ order: SpoolOrder) -> Bool {
    switch order {
    case .append(let messages, let completion):
      changes.appends.append(.init(messages: messages, completion: completion))
    case .remove(let sequences): changes.removals += sequences
    case .setAside(let message, let reason): changes.rejects.append(.init(message: message, reason: reason))
    case .read(let reading, let completion):
      // What is read must be on disk. What is to be removed is left out, and is no reason to wait for the disk.
      if changes.isUrgent { commit() }
      completion(read(reading))
    case .close:
      commit()
      file = nil
      return false
    }
    return true
  }

  // MARK: Writing

  /// Writes everything in one transaction and waits for the disk. On a full disk messages are only taken out, a few at a
  /// time.
  private func commit() {
    guard !changes.isEmpty else { return }
    do throws(SQLiteError) { try reserve.require() } catch { refuseAppends(error) }
    while true {
      let step = reserve.isSpent ? changes.removals(atMost: SpoolReserve.removals) : changes
      guard !step.isEmpty else { return }
      do throws(SQLiteError) {
        guard let file = usableFile() else { throw .disk("the file cannot be opened") }
        try write(step, to: file)
        changes.remove(step)
        if reserve.isSpent { file.checkpoint() }
        settle(step)
      } catch {
        return failed(error)
      }
    }
  }

  private func write(_ changes: SpoolChanges, to file: SpoolFile) throws(SQLiteError) {
    var (messages, bytes, forgotten) = (board.statistics.messages, board.statistics.bytes, 0)
    let now = clock.now
    try file.database.run("BEGIN IMMEDIATE")
    for append in changes.appends {
      for message in append.messages {
        guard try file.insert(message, storedAt: now) else { continue }
        messages += 1
        bytes += message.byteCount
      }
    }
    for sequence in changes.removals + changes.rejects.map(\.message.sequence) {
      guard let removed = try file.remove(sequence) else { continue }
      messages -= 1
      bytes -= removed
    }
    for reject in changes.rejects {
      forgotten += try file.setAside.insert(reject.message, reason: reject.reason, at: now)
    }
    try file.database.run("COMMIT")
    if messages <= 0 { file.shrink() }
    board.show(file, messages: messages, bytes: bytes, forgotten: forgotten)
  }

  /// Nothing of the transaction is on disk. Whoever appends decides what becomes of his messages; the rest is tried again.
  private func failed(_ error: SQLiteError) {
    if let file, file.database.isInTransaction { try? file.database.run("ROLLBACK") }
    // It was damaged before, or will be found so.
    try? file?.setAside.recount()
    switch error {
    case .damaged(let reason): replaceDamaged(reason)
    case .disk: reserve.spend()
    // A mistake of ours must not keep everything else off the disk.
    case .refused: changes.rejects = []
    }
    refuseAppends(error)
  }

  private func refuseAppends(_ error: SQLiteError) {
    let appends = changes.appends
    changes.appends = []
    if !board.statistics.isFailing {
      board.update { $0.isFailing = true }
      tell(.failing(reason: error.description))
    }
    for append in appends { append.completion(.failure(.spoolFailing(reason: error.description))) }
  }

  private func settle(_ step: SpoolChanges) {
    if board.statistics.isFailing, !reserve.isSpent {
      board.update { $0.isFailing = false }
      tell(.working)
    }
    for append in step.appends { append.completion(.success(())) }
  }

  // MARK: Reading

  private func read(_ reading: SpoolReading) -> Result<SpoolPage, StorageError> {
    do throws(SQLiteError) {
      guard let file = usableFile() else { throw .disk("the file cannot be opened") }
      var page = try file.read(reading, at: clock)
      let leaving = changes.leaving
      if !leaving.isEmpty { page.messages.removeAll { leaving.contains($0.sequence) } }
      return .success(page)
    } catch {
      failed(error)
      return .failure(.spoolFailing(reason: error.description))
    }
  }

  // MARK: The file

  private func usableFile() -> SpoolFile? {
    guard file == nil, ContinuousClock.now >= nextOpening else { return file }
    nextOpening = .now + Self.openingPause
    // What is wrong with it was told when it began.
    file = try? SpoolFile(path: path)
    return file
  }

  /// Goes on with a new file, which has what could be read of the old one.
  private func replaceDamaged(_ reason: String) {
    file = nil
    do throws(SQLiteError) {
      let rescue = try SpoolRescue(damaged: path, reason: reason, at: clock.now)
      file = rescue.file
      tell(rescue.event)
      let contents = try rescue.file.contents()
      board.show(file, messages: contents.messages, bytes: contents.bytes)
    } catch {
      nextOpening = .now + Self.openingPause
    }
  }
}
