import Devices
import NIOConcurrencyHelpers
import NIOCore
import Platform
import SecureServer
import Synchronization

/// Which of two keys under one identity a TLS 1.2 device is expected to have: nothing in its handshake tells before it fails.
///
/// The key in use comes first. When that has failed, the other is tried the next time that this identity comes from this
/// address. Where more failures follow, it could be somebody who knows neither key and means to keep the device out, behind
/// the same address: then each attempt is left to chance, so that nobody can arrange for the wrong key, and the device is
/// let in at every second attempt on average. From another address nothing can be done to it.
final class KeyTrials: Sendable {
  /// Whose failures are counted together.
  private struct Place: Hashable {
    let identity: [UInt8]
    let address: String
  }

  private struct Failures {
    var count = 0
    var lastTried: CredentialSlot
    var at: ContinuousClock.Instant

    var slotToTry: CredentialSlot {
      guard count == 1 else { return Bool.random() ? .current : .next }
      return lastTried == .current ? .next : .current
    }
  }

  private struct State {
    var failures: [Place: Failures] = [:]
    /// What the handshakes under way try, by connection.
    var trials: [UInt64: (place: Place, slot: CredentialSlot)] = [:]
  }

  /// How many places are remembered; one more makes the oldest forgotten, and the key in use is tried there again.
  static let maximumPlaces = 4096
  /// How long: a device may come once a day, and miss a few.
  static let lifetime = Duration.seconds(7 * 24 * 60 * 60)

  private let state = NIOLockedValueBox(State())
  /// How many handshakes try one of two keys now: nearly always none, and nobody waits for the lock.
  private let underWay = Atomic(0)

  /// The key to try for a connection whose identity has two.
  func slot(
    for identity: [UInt8], from address: SocketAddress?, connection: UInt64, now: ContinuousClock.Instant = .now
  ) -> CredentialSlot {
    let place = Place(identity: identity, address: Self.text(address))
    return state.withLockedValue { state in
      let slot = state.failures[place].flatMap { $0.at + Self.lifetime > now ? $0.slotToTry : nil } ?? .current
      if state.trials.updateValue((place, slot), forKey: connection) == nil { underWay.add(1, ordering: .relaxed) }
      return slot
    }
  }

  /// Takes note of how a handshake ended.
  func record(_ event: SecureServerEvent, now: @autoclosure () -> ContinuousClock.Instant = .now) {
    guard underWay.load(ordering: .relaxed) > 0 else { return }
    switch event {
    case .established(let peer, _):
      state.withLockedValue { state in
        guard let trial = endTrial(of: peer.connection, &state) else { return }
        state.failures[trial.place] = nil
      }
    case .handshakeFailed(let peer, let failure):
      state.withLockedValue { state in
        guard let trial = endTrial(of: peer.connection, &state), failure.reason == .wrongPreSharedKey else { return }
        Self.note(trial.slot, at: trial.place, now(), &state)
      }
    case .accepted, .handshakeStarted, .alertSent, .alertReceived, .closed, .keyLogEnabled, .acceptFailed: break
    }
  }

  private func endTrial(of connection: UInt64, _ state: inout State) -> (place: Place, slot: CredentialSlot)? {
    guard let trial = state.trials.removeValue(forKey: connection) else { return nil }
    underWay.subtract(1, ordering: .relaxed)
    return trial
  }

  private static func note(
    _ slot: CredentialSlot, at place: Place, _ now: ContinuousClock.Instant, _ state: inout State
  ) {
    let known = state.failures[place].flatMap { $0.at + lifetime > now ? $0 : nil }
    if state.failures[place] == nil, state.failures.count >= maximumPlaces,
      let oldest = state.failures.min(by: { $0.value.at < $1.value.at })?.key
    {
      state.failures[oldest] = nil
    }
    // Past two it makes no difference.
    state.failures[place] = Failures(count: min((known?.count ?? 0) + 1, 2), lastTried: slot, at: now)
  }

  /// IPv6 by its first 64 bits, which are what one peer has.
  private static func text(_ address: SocketAddress?) -> String {
    guard let text = address?.ipAddress, let address = IPAddress(text) else { return "" }
    return address.family == .v6 ? address.masked(to: 64).description : text
  }
}
