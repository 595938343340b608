import NIOConcurrencyHelpers
import Synchronization

/// Where one event loop leaves its notes. Its lock is shared with nobody but the chronicle, which comes a few times a
/// second.
final class NoteTray: Sendable {
  private struct Notes {
    var waiting: [Note] = []
    /// Emptied, for the notes that come next, so that none of them has to allocate.
    var spare: [Note] = []
  }

  /// A larger list is not kept when it is empty.
  private static let keptCapacity = 4096

  private let notes = NIOLockedValueBox(Notes())
  private let limit: Int
  private let lostCount = Atomic(0)
  private let bell: Bell

  /// - Parameters:
  ///   - limit: how many notes it holds; more are lost, and counted.
  ///   - bell: rung when there is something to take.
  init(limit: Int = .max, bell: Bell) {
    self.limit = limit
    self.bell = bell
  }

  /// How many notes found no room.
  var lost: Int { lostCount.load(ordering: .relaxed) }

  /// Leaves a note.
  func put(_ note: Note) {
    let count = notes.withLockedValue { notes in
      guard notes.waiting.count < limit else { return 0 }
      notes.waiting.append(note)
      return notes.waiting.count
    }
    switch count {
    case 0: lostCount.add(1, ordering: .relaxed)
    case 1: bell.ring()
    default: break
    }
  }

  /// Hands over all notes, in their order, unless there are none.
  func takeAll(_ body: ([Note]) -> Void) {
    var taken: [Note] = notes.withLockedValue { notes in
      swap(&notes.waiting, &notes.spare)
      let taken = notes.spare
      notes.spare = []
      return taken
    }
    if !taken.isEmpty { body(taken) }
    taken.removeAll(keepingCapacity: taken.capacity <= Self.keptCapacity)
    notes.withLockedValue { $0.spare = taken }
  }
}

/// Wakes one task that waits; rung again before it comes, it rings once.
struct Bell: Sendable {
  /// An element for each time that it rang.
  let rings: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (rings, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

  /// Wakes whoever waits, or is to wait next.
  func ring() { continuation.yield() }
}
