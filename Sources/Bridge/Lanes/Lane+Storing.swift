import DequeModule
import Model
import Storage

// Messages that the broker does not take in time: to disk, and from there.
extension Lane {
  /// Whether a new message has to go to disk.
  func mustBeStored(_ message: UplinkMessage) -> Bool {
    guard context.spool != nil, !message.isAtMostOnce else { return false }
    return !isConnected || backlog.holds(message.lane) || context.settings.isTooMuch(liveLoad)
  }

  /// Has stored what is to be stored, and reads what is to be sent next.
  func useDisk() {
    guard let spool = context.spool, !isDiskLeftAlone else { return }
    if !backlog.isStored, context.spoolHasRoom, let batch = backlog.nextBatch() { spool.store(batch, lane: index) }
    guard isConnected, !context.isEnding, let position = backlog.beginReading() else { return }
    spool.read(after: position, lane: index, of: context.settings.connections)
  }

  /// The spool has done something for this lane.
  func take(_ answer: SpoolAnswer) {
    switch answer {
    case .stored(true): stored()
    case .stored(false):
      backlog.notStored()
      isDiskLeftAlone = true
    case .page(let page):
      backlog.read(page, underWay: window.sequences)
      if page == nil { isDiskLeftAlone = true }
    }
  }

  private func stored() {
    let (messages, copies) = backlog.stored()
    for message in messages { context.spooled(message) }
    guard !copies.isEmpty else { return }
    // What was answered meanwhile was taken from the disk again then.
    for message in window.spooled(Set(copies.map(\.sequence))) { context.spooled(message) }
  }

  /// Puts on disk what came before `time` and is not acknowledged. What is live goes there, what is under way as well.
  func store(before time: ContinuousClock.Instant) {
    guard context.spool != nil else { return }
    backlog.copy(window.uncopied(before: time))
    if let oldest = live.first(where: { !$0.isAtMostOnce }), oldest.arrived < time { moveLiveToBacklog() }
  }

  private func moveLiveToBacklog() {
    backlog.insert(live.filter { !$0.isAtMostOnce })
    live.removeAll { !$0.isAtMostOnce }
    liveLoad = live.reduce(into: OutboxLoad()) { $0 += $1.load }
  }

  /// Takes `messages` back that were under way, before anything newer.
  func takeBack(_ messages: [UplinkMessage]) {
    guard context.spool == nil else { return backlog.takeBack(messages) }
    live.prepend(contentsOf: messages)
    for message in messages { liveLoad += message.load }
  }
}
