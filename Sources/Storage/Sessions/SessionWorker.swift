import Platform

/// The session store's thread: it alone touches the file.
final class SessionWorker {
  /// How long a file that could not be written is let alone.
  private static let pause = Duration.seconds(1)
  /// How many orders that nobody waits for are kept while the disk fails; then the oldest are forgotten.
  private static let mostUnwritten = 100_000

  private let path: String
  private let clock: SpoolClock
  private let tell: (SpoolEvent) -> Void
  private var file: SessionFile?
  /// What nobody waits for and could not be written.
  private var unwritten: [SessionOrder] = []
  private var isFailing = false

  init(path: String, file: SessionFile?, clock: SpoolClock, _ tell: @escaping (SpoolEvent) -> Void) {
    self.path = path
    self.file = file
    self.clock = clock
    self.tell = tell
  }

  /// Carries out orders until the last one.
  func run(_ orders: OrderQueue<SessionWork>) {
    while true {
      let works = orders.take(within: unwritten.isEmpty ? nil : Self.pause)
      let answers = carryOut(works)
      for answer in answers { answer() }
      if case .close? = works.last { return file = nil }
    }
  }

  /// Does everything in one transaction.
  ///
  /// - Returns: what is to be said then.
  private func carryOut(_ works: [SessionWork]) -> [() -> Void] {
    do throws(SQLiteError) {
      let file = try usableFile()
      try file.database.run("BEGIN IMMEDIATE")
      for order in unwritten { try order.apply(to: file, at: clock.now) }
      var answers: [() -> Void] = []
      for work in works {
        switch work {
        case .order(let order, let completion):
          try order.apply(to: file, at: clock.now)
          if let completion { answers.append { completion(true) } }
        case .read(let session, let completion):
          let deliveries = try file.deliveries(for: session, at: clock.now)
          answers.append { completion(deliveries) }
        case .close: break
        }
      }
      try file.database.run("COMMIT")
      unwritten = []
      if isFailing { tell(.working) }
      isFailing = false
      return answers
    } catch {
      return failed(works, error)
    }
  }

  /// Nothing of it is on disk: who waits hears of it, the rest is tried again.
  private func failed(_ works: [SessionWork], _ error: SQLiteError) -> [() -> Void] {
    if let file, file.database.isInTransaction { try? file.database.run("ROLLBACK") }
    if !isFailing { tell(.failing(reason: error.description)) }
    isFailing = true
    switch error {
    case .damaged(let reason): replaceDamaged(reason)
    case .disk: break
    // A mistake of ours must not keep everything else off the disk.
    case .refused: unwritten = []
    }
    return works.compactMap { work in
      switch work {
      case .order(_, let completion?): return { completion(false) }
      case .order(let order, nil):
        if unwritten.count < Self.mostUnwritten { unwritten.append(order) }
        return nil
      case .read(_, let completion): return { completion(nil) }
      case .close: return nil
      }
    }
  }

  private func usableFile() throws(SQLiteError) -> SessionFile {
    if let file { return file }
    let opened = try SessionFile(path: path)
    file = opened
    return opened
  }

  private func replaceDamaged(_ reason: String) {
    file = nil
    // Where that fails, it is tried again with the next order.
    if let aside = try? Self.setAside(path, at: clock.now) {
      tell(.damaged(reason: reason, path: aside, recovered: 0))
    }
  }

  /// Puts the file at `path` aside.
  ///
  /// - Returns: where it is now.
  /// - Throws: ``SQLiteError/disk(_:)``.
  static func setAside(_ path: String, at time: Int64) throws(SQLiteError) -> String {
    let aside = "\(path).damaged-\(time)"
    do throws(SystemError) {
      try FileName.change(from: path + "-wal", to: aside + "-wal", ifThere: true)
      try FileName.change(from: path, to: aside)
    } catch {
      throw .disk("\(error)")
    }
    return aside
  }
}
