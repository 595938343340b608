import NIOConcurrencyHelpers

/// Something that happens once, and whoever waits for it.
final class Threshold: Sendable {
  private struct State {
    var isPassed = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = NIOLockedValueBox(State())

  var isPassed: Bool { state.withLockedValue { $0.isPassed } }

  func pass() {
    let waiting = state.withLockedValue { state in
      state.isPassed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    waiting.forEach { $0.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isPassed = state.withLockedValue { state in
        if !state.isPassed { state.waiting.append(continuation) }
        return state.isPassed
      }
      if isPassed { continuation.resume() }
    }
  }
}
