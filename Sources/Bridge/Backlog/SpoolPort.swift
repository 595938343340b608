import NIOConcurrencyHelpers
import Platform
import Storage

/// The spool as the bridge's thread uses it: what is asked for in one turn is answered in a later one.
final class SpoolPort {
  private let spool: Spool
  private let settings: SpoolSettings
  private let answers: Answers
  private var removed: [Int64] = []

  init(_ spool: Spool, _ settings: SpoolSettings, _ wakeUp: WakeUp) {
    self.spool = spool
    self.settings = settings
    answers = Answers(wakeUp)
  }

  /// Whether messages may be added.
  var hasRoom: Bool {
    let statistics = spool.statistics
    return statistics.bytes < settings.maximumBytes && (statistics.oldestAge ?? .zero) <= settings.maximumAge
  }

  /// Has `batch` stored for a lane.
  func store(_ batch: [SpooledMessage], lane: Int) {
    spool.append(batch) { [answers] in answers.add(.stored($0.isSuccess), lane) }
  }

  /// Reads the page after a message for one of so many lanes.
  func read(after sequence: Int64, lane: Int, of lanes: Int) {
    // The page must not have what is answered for already.
    flush()
    spool.read(share: lane, of: lanes, after: sequence, count: Reading.pageCount, bytes: Reading.pageBytes) {
      [answers] in answers.add(.page(try? $0.get()), lane)
    }
  }

  /// The broker has it; ``flush()`` tells the spool.
  func remove(_ sequence: Int64) { removed.append(sequence) }

  /// Passes on what is to be removed; to be called at the end of each turn.
  func flush() {
    guard !removed.isEmpty else { return }
    spool.remove(removed)
    removed.removeAll(keepingCapacity: true)
  }

  /// The broker will never take it.
  func setAside(_ message: UplinkMessage, reason: String) { spool.setAside(message.spooled, reason: reason) }

  /// What was answered since the last call, in order.
  func takeAnswers() -> [(answer: SpoolAnswer, lane: Int)] { answers.take() }

  /// Where the spool's thread leaves its answers.
  private final class Answers: Sendable {
    private let list = NIOLockedValueBox<[(answer: SpoolAnswer, lane: Int)]>([])
    private let wakeUp: WakeUp

    init(_ wakeUp: WakeUp) { self.wakeUp = wakeUp }

    func add(_ answer: SpoolAnswer, _ lane: Int) {
      let isFirst = list.withLockedValue { list in
        list.append((answer, lane))
        return list.count == 1
      }
      if isFirst { wakeUp.ring() }
    }

    func take() -> [(answer: SpoolAnswer, lane: Int)] {
      list.withLockedValue { list in
        defer { list = [] }
        return list
      }
    }
  }
}

/// What the spool has done.
enum SpoolAnswer {
  /// A batch is on disk, or could not be stored.
  case stored(Bool)
  /// A page, nil if it could not be read.
  case page(SpoolPage?)
}

extension Result {
  fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
