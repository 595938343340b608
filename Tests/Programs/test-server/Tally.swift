import NIOConcurrencyHelpers
import SecureServer

/// Counts what becomes of each connection, from the server's events alone.
final class Tally: Sendable {
  private struct State {
    var counts: [String: Int] = [:]
    /// Connections without an outcome, and since when.
    var undecided: [UInt64: ContinuousClock.Instant] = [:]
    var live: Set<UInt64> = []
    /// The shortest and longest time to each failure, in milliseconds.
    var times: [String: ClosedRange<Int>] = [:]

    mutating func decide(_ connection: UInt64, _ outcome: String) {
      guard let start = undecided.removeValue(forKey: connection) else {
        counts["wrong", default: 0] += 1
        return
      }
      counts[outcome, default: 0] += 1
      let time = Int((ContinuousClock.now - start) / .milliseconds(1))
      let range = times[outcome] ?? time...time
      times[outcome] = min(range.lowerBound, time)...max(range.upperBound, time)
    }
  }

  private let state = NIOLockedValueBox(State())

  func observe(_ event: SecureServerEvent) {
    state.withLockedValue { state in
      switch event {
      case .accepted(let peer):
        state.counts["accepted", default: 0] += 1
        state.undecided[peer.connection] = .now
      case .established(let peer, _):
        state.decide(peer.connection, "established")
        state.live.insert(peer.connection)
      case .handshakeFailed(let peer, let failure): state.decide(peer.connection, failure.reason.name)
      case .closed(let peer, _):
        state.counts[state.live.remove(peer.connection) == nil ? "wrong" : "closed", default: 0] += 1
      case .acceptFailed: state.counts["acceptFailed", default: 0] += 1
      case .handshakeStarted, .alertSent, .alertReceived, .keyLogEnabled: break
      }
    }
  }

  /// `name=value` for each count. `wrong` counts outcomes that came twice or of nothing; `undecided` those that wait.
  var line: String {
    state.withLockedValue { state in
      var values = state.counts
      values["undecided"] = state.undecided.count
      values["live"] = state.live.count
      for (name, range) in state.times {
        values[name + ".shortest"] = range.lowerBound
        values[name + ".longest"] = range.upperBound
      }
      return values.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
    }
  }
}
