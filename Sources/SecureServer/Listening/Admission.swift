import NIOConcurrencyHelpers
import NIOCore

/// Who may be in which stage: the one place where connections and slots are counted, taken and given back.
///
/// It is shared by all event loops. What must be told to a connection is told through its ``LoopHandle``.
final class Admission: Sendable {
  private struct Slot: Sendable {
    let loop: LoopHandle
    /// Since when the peer has been waited for; nil while the work is ours.
    var waitingSince: NIODeadline?
  }

  private struct State: Sendable {
    var connections = 0
    var connectionsByAddress: [PeerKey: Int] = [:]
    /// Accepted, with no complete ClientHello yet.
    var awaitingHello = 0
    var slots: [UInt64: Slot] = [:]
    var queue = FairQueue<LoopHandle>()
    var pending = 0

    /// One more from `key`, unless that has reached its limit.
    mutating func count(_ key: PeerKey, upTo limit: Int) -> Bool {
      if key == .unannounced { return true }
      let count = connectionsByAddress[key, default: 0]
      guard count < limit else { return false }
      connectionsByAddress[key] = count + 1
      return true
    }
  }

  private let limits: ConnectionLimits
  /// Whether established connections wait to be taken; without, the channel initializer takes each at once.
  private let countsPending: Bool
  private let patience: TimeAmount
  private let state = NIOLockedValueBox(State())

  init(limits: ConnectionLimits, countsPending: Bool) {
    self.limits = limits
    self.countsPending = countsPending
    patience = TimeAmount(limits.handshakePatience)
  }

  /// How many connections there are, in any stage.
  var connectionCount: Int { state.withLockedValue { $0.connections } }

  /// Counts a new connection, or says why it cannot stay. Each counted one is given back by ``leave(_:)``.
  func enter(_ key: PeerKey) -> HandshakeFailure.Reason? {
    state.withLockedValue { state in
      guard state.connections < limits.connections else { return .tooManyConnections }
      guard state.count(key, upTo: limits.connectionsPerAddress) else { return .tooManyConnectionsFromAddress }
      state.connections += 1
      return nil
    }
  }

  /// Counts a connection by `key` that was ``PeerKey/unannounced``, or says why it cannot stay: then it is counted as
  /// before.
  func announce(_ key: PeerKey) -> HandshakeFailure.Reason? {
    state.withLockedValue { state in
      guard state.count(key, upTo: limits.connectionsPerAddress) else { return .tooManyConnectionsFromAddress }
      return nil
    }
  }

  func leave(_ key: PeerKey) {
    state.withLockedValue { state in
      state.connections -= 1
      guard let count = state.connectionsByAddress[key] else { return }
      state.connectionsByAddress[key] = count > 1 ? count - 1 : nil
    }
  }

  /// Counts connections that wait for a ClientHello; says whether ``acceptsMore`` may have changed.
  func awaitHello(_ change: Int) -> Bool {
    state.withLockedValue { state in
      state.awaitingHello += change
      return (limits.accepted - 1...limits.accepted).contains(state.awaitingHello)
    }
  }

  /// Whether more connections may wait for a ClientHello.
  var acceptsMore: Bool { state.withLockedValue { $0.awaitingHello < limits.accepted } }

  /// Asks for a handshake slot: true if the connection has it. If not, it is told when it does, on a later turn of its
  /// loop.
  func requestSlot(for id: UInt64, from key: PeerKey, on loop: LoopHandle) -> Bool {
    state.withLockedValue { state in
      // Whoever gives back a slot grants it to the queue at once: where one is free, nobody waits.
      guard state.queue.isEmpty, mayGrant(state) else {
        state.queue.append(loop, id: id, from: key)
        return false
      }
      state.slots[id] = Slot(loop: loop)
      return true
    }
  }

  /// Gives back a slot, or a place in the queue.
  func releaseSlot(of id: UInt64) {
    settle { state in
      if state.slots.removeValue(forKey: id) == nil { state.queue.remove(id: id) }
    }
  }

  /// Turns a slot into an established connection that waits to be taken.
  func establish(_ id: UInt64) {
    settle { state in
      state.slots[id] = nil
      if countsPending { state.pending += 1 }
    }
  }

  /// An established connection was taken, or could not be handed over.
  func take() {
    if countsPending { settle { $0.pending -= 1 } }
  }

  /// The connection's peer is to speak next, since our last flight.
  func waitForPeer(_ id: UInt64, since now: NIODeadline) {
    state.withLockedValue { $0.slots[id]?.waitingSince = now }
  }

  /// Cuts those who have kept others waiting: the longest first, no more than are waited for.
  func cutStalled(at now: NIODeadline) {
    let stalled = state.withLockedValue { state -> [(UInt64, LoopHandle)] in
      // Where it is the application that keeps others waiting, no handshake is to blame.
      guard !state.queue.isEmpty, !mayGrant(state), !countsPending || state.pending < limits.pendingConnections else {
        return []
      }
      return state.slots
        .compactMap { id, slot in slot.waitingSince.map { (id: id, loop: slot.loop, since: $0) } }
        .filter { now - $0.since >= patience }
        .sorted { $0.since < $1.since }
        .prefix(state.queue.count)
        .map { ($0.id, $0.loop) }
    }
    for (id, loop) in stalled { loop.run { $0.connections[id]?.cut() } }
  }

  /// Applies `change`, then grants the slots that are free.
  private func settle(_ change: (inout State) -> Void) {
    let granted = state.withLockedValue { state -> [(UInt64, LoopHandle)] in
      change(&state)
      var granted: [(UInt64, LoopHandle)] = []
      while mayGrant(state), let (loop, id) = state.queue.popFirst() {
        state.slots[id] = Slot(loop: loop)
        granted.append((id, loop))
      }
      return granted
    }
    for (id, loop) in granted { loop.run { $0.grantSlot(to: id) } }
  }

  private func mayGrant(_ state: State) -> Bool {
    state.slots.count < limits.handshaking
      && (!countsPending || state.pending + state.slots.count < limits.pendingConnections)
  }
}
