import Storage

@testable import Bridge

/// A backlog and the disk that it asks for, without a disk: what is stored is a list.
struct BacklogDriver {
  var backlog: Backlog
  private(set) var disk: [SpooledMessage] = []
  /// What was sent, in order.
  private(set) var sent: [Int64] = []
  /// Whether some message was sent after a newer one of its device.
  private(set) var isOutOfOrder = false
  private var newest: [LaneKey: Int64] = [:]

  init(backlog: Backlog = Backlog()) { self.backlog = backlog }

  /// Stores everything that waits.
  mutating func store() {
    while let batch = backlog.nextBatch() {
      write(batch)
      _ = backlog.stored()
    }
  }

  mutating func write(_ batch: [SpooledMessage]) {
    disk = (disk + batch).sorted { $0.sequence < $1.sequence }
  }

  /// Reads one page of at most so many messages, and whether there was one to read.
  mutating func read(_ count: Int = 100, underWay: Set<Int64> = []) -> Bool {
    guard let start = backlog.beginReading() else { return false }
    backlog.read(page(after: start, count), underWay: underWay)
    return true
  }

  func page(after start: Int64, _ count: Int = 100) -> SpoolPage {
    let rest = disk.filter { $0.sequence > start }
    let messages = Array(rest.prefix(count))
    return SpoolPage(messages: messages, end: messages.last?.sequence ?? start, hasMore: rest.count > count)
  }

  /// The broker has what was sent, and takes everything else that can be sent now.
  mutating func send() {
    while let message = backlog.popNext() {
      sent.append(message.sequence)
      isOutOfOrder = isOutOfOrder || message.sequence < newest[message.lane, default: 0]
      newest[message.lane] = message.sequence
      backlog.answered(message.sequence)
      disk.removeAll { $0.sequence == message.sequence }
    }
  }
}
