import FoundationEssentials
import Model

/// Something that the session store is asked to do.
enum SessionOrder: Sendable {
  case save(StoredSession)
  case remove(session: Int64)
  case end(session: Int64, expiryInterval: UInt32, at: Int64)
  case subscribe(session: Int64, [StoredSubscription])
  case unsubscribe(session: Int64, [String])
  case enqueue([StoredDelivery])
  case finish([Int64])
  case saveWill(StoredWill)
  case removeWill(Int64)
  case remember(filter: String, identifier: Int?)

  /// Does it; within a transaction.
  func apply(to file: SessionFile, at now: Int64) throws(SQLiteError) {
    switch self {
    case .save(let session):
      try file.run(
        "INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?)", .number(session.id), .text(session.device.name),
        .text(session.clientID), .number(Int64(session.expiryInterval)), .null)
    case .remove(let session):
      for sql in [
        "DELETE FROM session WHERE id = ?", "DELETE FROM subscription WHERE session = ?",
        "DELETE FROM queue WHERE session = ?",
      ] { try file.run(sql, .number(session)) }
    case .end(let session, let expiry, let time):
      try file.run(
        "UPDATE session SET expiry = ?, ended_at = ? WHERE id = ?", .number(Int64(expiry)), .number(time),
        .number(session))
    case .subscribe(let session, let subscriptions):
      for subscription in subscriptions {
        try file.run(
          "INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?)", .number(session), .text(subscription.filter),
          .number(Int64(subscription.options)), .number(Int64(subscription.identifier ?? 0)))
      }
    case .unsubscribe(let session, let filters):
      for filter in filters {
        try file.run("DELETE FROM subscription WHERE session = ? AND filter = ?", .number(session), .text(filter))
      }
    case .enqueue(let deliveries): for delivery in deliveries { try Self.insert(delivery, into: file, at: now) }
    case .finish(let sequences):
      for sequence in sequences { try file.run("DELETE FROM queue WHERE sequence = ?", .number(sequence)) }
    case .saveWill(let will):
      let statement = try file.statement("INSERT OR REPLACE INTO will VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      try statement.bind([
        .number(will.id), .text(will.device.name), .text(will.clientID), .number(Int64(will.delay)),
      ])
      try statement.bind(will.message, at: 5)
      try statement.run()
    case .removeWill(let id): try file.run("DELETE FROM will WHERE id = ?", .number(id))
    case .remember(let filter, let identifier?):
      try file.run("INSERT OR REPLACE INTO upstream VALUES (?, ?)", .text(filter), .number(Int64(identifier)))
    case .remember(let filter, nil): try file.run("DELETE FROM upstream WHERE filter = ?", .text(filter))
    }
  }

  private static func insert(_ delivery: StoredDelivery, into file: SessionFile, at now: Int64) throws(SQLiteError) {
    let statement = try file.statement("INSERT OR IGNORE INTO queue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let identifiers = delivery.subscriptionIdentifiers.map(String.init).joined(separator: ",")
    try statement.bind([
      .number(delivery.sequence), .number(delivery.session), .number(now), .text(identifiers),
    ])
    try statement.bind(delivery.message, at: 5)
    try statement.run()
  }
}
