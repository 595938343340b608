import NIOConcurrencyHelpers

/// Lets only so many tests at a time run something heavy: all tests of a target begin at once, and the system gives a user 128
/// inotify instances (inotify(7)).
public final class Turnstile: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// Whether this task is inside already: who holds a place must not wait for a second one.
  @TaskLocal private static var isInside = false

  private let state: NIOLockedValueBox<State>

  /// Lets `places` in at a time.
  public init(places: Int) { state = NIOLockedValueBox(State(free: places)) }

  /// Runs `body` once there is a place.
  public func pass<Result>(_ body: () async throws -> Result) async throws -> Result {
    if Self.isInside { return try await body() }
    await enter()
    defer { leave() }
    return try await Self.$isInside.withValue(true, operation: body)
  }

  private func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLockedValue { state in
        if state.free == 0 {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave() {
    let next = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
