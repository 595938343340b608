import NIOConcurrencyHelpers

/// Where the spool's thread notes how it stands, for all others.
final class SpoolBoard: Sendable {
  private let box = NIOLockedValueBox(SpoolStatistics())
  private let clock: SpoolClock

  init(_ clock: SpoolClock) { self.clock = clock }

  var statistics: SpoolStatistics {
    var statistics = box.withLockedValue { $0 }
    statistics.oldestAge = statistics.oldest.map { clock.age(of: $0) }
    return statistics
  }

  func update(_ change: (inout SpoolStatistics) -> Void) { box.withLockedValue(change) }

  /// Notes how `file` stands, which could not be opened if it is nil.
  func show(_ file: SpoolFile?, messages: Int, bytes: Int, forgotten: Int = 0) {
    // A failure here is one of the next transaction as well.
    let oldest = try? file?.oldest()
    let setAside = file?.setAside.count ?? 0
    update { statistics in
      statistics.messages = max(0, messages)
      statistics.bytes = max(0, bytes)
      statistics.oldest = oldest
      statistics.setAside = setAside
      statistics.setAsideForgotten += forgotten
      if file == nil { statistics.isFailing = true }
    }
  }
}
