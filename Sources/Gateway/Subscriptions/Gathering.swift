import NIOConcurrencyHelpers
import Sessions
import Storage

/// Waits for everything that has to be on disk, and read from there, before a device is let in.
final class Gathering: Sendable {
  struct Outcome: Sendable {
    let isPresent: Bool
    var state: SessionState
    var isStored = true
    var deliveries: [StoredDelivery] = []
  }

  private let state: NIOLockedValueBox<(outcome: Outcome, open: Int)>
  private let done: @Sendable (Outcome) -> Void

  init(isPresent: Bool, state: SessionState, done: @escaping @Sendable (Outcome) -> Void) {
    self.state = NIOLockedValueBox((Outcome(isPresent: isPresent, state: state), 1))
    self.done = done
  }

  func begin() { state.withLockedValue { $0.open += 1 } }

  func stored(_ isStored: Bool) { finish { if !isStored { $0.isStored = false } } }

  func read(_ deliveries: [StoredDelivery]?) {
    finish { outcome in
      if let deliveries { outcome.deliveries = deliveries } else { outcome.isStored = false }
    }
  }

  /// One is done; whoever has begun the others says it once more for itself.
  func finish(_ change: (inout Outcome) -> Void = { _ in }) {
    let outcome = state.withLockedValue { state -> Outcome? in
      change(&state.outcome)
      state.open -= 1
      return state.open == 0 ? state.outcome : nil
    }
    if let outcome { done(outcome) }
  }
}
