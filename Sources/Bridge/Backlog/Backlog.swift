import DequeModule
import Storage

/// The messages of one lane that are on disk or on their way there, in the order of arrival; it knows neither disk nor
/// thread.
///
/// A message first *waits*, is then *being stored*, lies on disk, and is later read into the *page*, from where it is
/// sent. Messages that are under way to the broker may be stored as *copies*: they are not sent from here. Whatever a
/// device says while an earlier message of its own is here has to join it.
struct Backlog {
  /// Not on disk, and not being written; ascending.
  private var waiting: Deque<UplinkMessage> = []
  private var waitingCopies: [UplinkMessage] = []
  /// Being written, and not to be sent meanwhile; ascending.
  private var beingStored: [UplinkMessage] = []
  private var copiesBeingStored: [UplinkMessage] = []
  /// On disk and in memory; ascending.
  private var page: Deque<UplinkMessage> = []
  private var reading: Reading
  /// How many messages of each device are here, copies apart.
  private var counts: [LaneKey: Int]

  /// Begins with what is on disk: how many messages of each device.
  init(onDisk counts: [LaneKey: Int] = [:]) {
    self.counts = counts
    reading = Reading(hasMore: !counts.isEmpty)
  }

  /// Begins with the share of one lane in what an earlier run has left on disk.
  init(of lane: Int, among lanes: Int, in contents: SpoolContents?) {
    let counts = (contents?.messagesByLane ?? [:]).filter { LaneKey(hash: $0.key).index(among: lanes) == lane }
    self.init(onDisk: Dictionary(uniqueKeysWithValues: counts.map { (LaneKey(hash: $0), $1) }))
  }

  /// Whether a new message of this device has to join those that are here.
  func holds(_ lane: LaneKey) -> Bool { counts[lane] != nil }

  /// Whether every message that is here is on disk.
  var isStored: Bool {
    waiting.isEmpty && waitingCopies.isEmpty && beingStored.isEmpty && copiesBeingStored.isEmpty
  }

  private mutating func count(_ message: UplinkMessage, _ change: Int) {
    let count = counts[message.lane, default: 0] + change
    counts[message.lane] = count > 0 ? count : nil
  }
}

// To the disk.
extension Backlog {
  /// The most that is stored in one step.
  private static let batch = OutboxLoad(messages: 2_000, bytes: 1 << 20)

  /// Takes over a message that is newer than any that is here.
  mutating func append(_ message: UplinkMessage) {
    waiting.append(message)
    count(message, 1)
  }

  /// Takes over messages that may be older than some that are here.
  mutating func insert(_ messages: some Collection<UplinkMessage>) {
    for message in messages { count(message, 1) }
    putBack(messages)
  }

  /// Has copies stored of messages that are under way.
  mutating func copy(_ messages: some Collection<UplinkMessage>) { waitingCopies += messages }

  /// The next messages to store, unless others are being stored.
  mutating func nextBatch() -> [SpooledMessage]? {
    guard beingStored.isEmpty, copiesBeingStored.isEmpty, !(waiting.isEmpty && waitingCopies.isEmpty) else {
      return nil
    }
    swap(&copiesBeingStored, &waitingCopies)
    var load = OutboxLoad()
    while load.messages < Self.batch.messages, load.bytes < Self.batch.bytes, let next = waiting.popFirst() {
      load += next.load
      beingStored.append(next)
    }
    return (copiesBeingStored + beingStored).map(\.spooled)
  }

  /// The batch is on disk.
  ///
  /// - Returns: what it was: messages that are sent from here later, and copies. A copy of what was taken back meanwhile, and
  ///   waits, is such a message now.
  mutating func stored() -> (messages: [UplinkMessage], copies: [UplinkMessage]) {
    defer { (beingStored, copiesBeingStored) = ([], []) }
    let onDisk = Set(copiesBeingStored.map(\.sequence))
    let takenBack = onDisk.isEmpty ? [] : waiting.filter { onDisk.contains($0.sequence) }
    if !takenBack.isEmpty { waiting.removeAll { onDisk.contains($0.sequence) } }
    let messages = takenBack + beingStored
    // Older than what was read already: that is read again, in order.
    if let first = messages.map(\.sequence).min(), reading.mustRewind(to: first) { rewind(to: first) }
    return (messages, copiesBeingStored)
  }

  /// The batch is not on disk, as far as one can tell: it waits for the next attempt, or is sent before that.
  mutating func notStored() {
    for index in beingStored.indices { beingStored[index].mayBeOnDisk = true }
    putBack(beingStored)
    waitingCopies = copiesBeingStored + waitingCopies
    (beingStored, copiesBeingStored) = ([], [])
  }

  private mutating func putBack(_ messages: some Collection<UplinkMessage>) {
    waiting.prepend(contentsOf: messages)
    waiting.sort { $0.sequence < $1.sequence }
  }
}

// From the disk.
extension Backlog {
  /// Where to read on, if it is time to. While copies are being stored, it is not known which of them are still copies.
  mutating func beginReading() -> Int64? {
    guard page.count < Reading.lowWater, copiesBeingStored.isEmpty else { return nil }
    return reading.begin()
  }

  /// What was read, or nil if it could not be; `underWay` are those that were sent and not answered.
  mutating func read(_ next: SpoolPage?, underWay: @autoclosure () -> Set<Int64>) {
    let fresh = reading.end(with: next)
    if !fresh.isEmpty {
      let (underWay, now) = (underWay(), ContinuousClock.now)
      for message in fresh where !underWay.contains(message.sequence) {
        page.append(UplinkMessage(message, arrived: now))
      }
    }
    // What a damaged disk has lost holds nobody back.
    if !reading.hasMore, page.isEmpty, waiting.isEmpty, beingStored.isEmpty { counts = [:] }
  }

  /// The broker has answered for it: it is neither stored nor read any more.
  mutating func answered(_ sequence: Int64) {
    reading.answered(sequence)
    if !waitingCopies.isEmpty { waitingCopies.removeAll { $0.sequence == sequence } }
  }

  /// These were under way and are to be sent again: what is on disk is read from there.
  mutating func takeBack(_ messages: [UplinkMessage]) {
    waitingCopies = []
    insert(messages.filter { !$0.isSpooled })
    let onDisk = messages.filter(\.isSpooled)
    for message in onDisk { count(message, 1) }
    if let oldest = onDisk.map(\.sequence).min() { rewind(to: oldest) }
  }

  private mutating func rewind(to sequence: Int64) {
    reading.rewind(to: min(sequence, page.first?.sequence ?? sequence))
    page = []
  }
}

// To the broker.
extension Backlog {
  /// The next message to be sent, if there is one that can be: from the page, or one that is not on disk and has nothing
  /// older there.
  var next: UplinkMessage? {
    switch place {
    case .page: page.first
    case .waiting: waiting.first
    case nil: nil
    }
  }

  /// Takes out what ``next`` says.
  mutating func popNext() -> UplinkMessage? {
    let message: UplinkMessage? =
      switch place {
      case .page: page.popFirst()
      case .waiting: waiting.popFirst()
      case nil: nil
      }
    if let message { count(message, -1) }
    return message
  }

  /// Takes out everything that is in memory alone.
  mutating func removeUnstored() -> [UplinkMessage] {
    let messages = beingStored + waiting
    for message in messages { count(message, -1) }
    (waiting, waitingCopies, beingStored, copiesBeingStored) = ([], [], [], [])
    return messages
  }

  private enum Place {
    case page, waiting
  }

  /// Which list has the oldest message, unless an older one is just being stored, or unread.
  private var place: Place? {
    let (onPage, inMemory) = (page.first?.sequence ?? .max, waiting.first?.sequence ?? .max)
    let oldest = min(onPage, inMemory)
    guard oldest < beingStored.first?.sequence ?? .max else { return nil }
    if oldest == onPage { return .page }
    return page.isEmpty && reading.hasMore ? nil : .waiting
  }
}
