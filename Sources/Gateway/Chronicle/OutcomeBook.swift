import DequeModule

/// The last outcomes of many peers, bounded in every direction: whoever was heard of longest ago is forgotten first.
struct OutcomeBook<Key: Hashable & Sendable>: Sendable {
  fileprivate struct Page {
    /// The latest last; those that are alike are one.
    var outcomes: [Outcome] = []
    var version: UInt64 = 0
  }

  /// How many outcomes are kept of each.
  private static var outcomesPerKey: Int { 20 }

  private let maximumKeys: Int
  private let maximumOutcomes: Int
  private var pages: [Key: Page] = [:]
  /// Who was heard of when; what is not its page's version any more is passed over.
  private var order: Deque<(key: Key, version: UInt64)> = []
  private var lastStamp: UInt64 = 0
  private var outcomeCount = 0

  /// An empty book.
  ///
  /// - Parameters:
  ///   - maximumKeys: of how many it knows.
  ///   - maximumOutcomes: how many outcomes it keeps in all.
  init(maximumKeys: Int, maximumOutcomes: Int) {
    self.maximumKeys = maximumKeys
    self.maximumOutcomes = maximumOutcomes
  }

  /// Of how many it knows.
  var count: Int { pages.count }

  /// What is known of `key`, the latest last.
  func outcomes(of key: Key) -> [Outcome] { pages[key]?.outcomes ?? [] }

  /// Writes `outcome` down.
  mutating func add(_ outcome: Outcome, of key: Key) {
    lastStamp += 1
    let change = pages[key, default: Page()].add(outcome, at: lastStamp, keeping: Self.outcomesPerKey)
    outcomeCount += change
    order.append((key, lastStamp))
    while pages.count > maximumKeys || outcomeCount > maximumOutcomes { forgetOldest() }
    if order.count > 2 * maximumKeys + 64 { order.removeAll { pages[$0.key]?.version != $0.version } }
  }

  private mutating func forgetOldest() {
    while let oldest = order.popFirst() {
      guard pages[oldest.key]?.version == oldest.version else { continue }
      outcomeCount -= pages.removeValue(forKey: oldest.key)?.outcomes.count ?? 0
      return
    }
  }
}

extension OutcomeBook.Page {
  /// Adds `outcome`; returns by how many there are more.
  fileprivate mutating func add(_ outcome: Outcome, at version: UInt64, keeping limit: Int) -> Int {
    self.version = version
    // Nearly always a device comes as it came before.
    if let newest = outcomes.indices.last, outcomes[newest].isLike(outcome) {
      outcomes[newest].add(outcome)
      return 0
    }
    let before = outcomes.count
    var newest = outcome
    if let index = outcomes.firstIndex(where: { $0.isLike(outcome) }) {
      newest = outcomes.remove(at: index)
      newest.add(outcome)
    } else if outcomes.count >= limit {
      outcomes.removeFirst()
    }
    outcomes.append(newest)
    return outcomes.count - before
  }
}
