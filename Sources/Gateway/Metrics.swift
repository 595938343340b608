import NIOConcurrencyHelpers
import SecureServer
import Synchronization

/// What the gateway counts, from its start.
final class Metrics: Sendable {
  private let refusedByReason = NIOLockedValueBox<[String: Int]>([:])
  private let establishedCount = Atomic(0)
  private let messagesUpCount = Atomic(0)
  private let refusedMessages = Atomic(0)
  private let messagesDownCount = Atomic(0)
  private let droppedDown = Atomic(0)

  /// Handshakes in which a device proved its key.
  var established: Int { establishedCount.load(ordering: .relaxed) }
  /// Handshakes that failed, by reason.
  var refused: [String: Int] { refusedByReason.withLockedValue { $0 } }
  /// Messages taken from devices.
  var messagesUp: Int { messagesUpCount.load(ordering: .relaxed) }
  /// Messages handed to connected devices.
  var messagesDown: Int { messagesDownCount.load(ordering: .relaxed) }
  /// Messages for devices that were given up: no room, too large, expired, or not on disk.
  var messagesDroppedDown: Int { droppedDown.load(ordering: .relaxed) }
  /// Messages that a device may not send.
  var messagesRefused: Int { refusedMessages.load(ordering: .relaxed) }

  func count(_ event: SecureServerEvent) {
    switch event {
    case .established: establishedCount.add(1, ordering: .relaxed)
    case .handshakeFailed(_, let failure): refusedByReason.withLockedValue { $0[failure.reason.name, default: 0] += 1 }
    case .accepted, .handshakeStarted, .alertSent, .alertReceived, .closed, .keyLogEnabled, .acceptFailed: break
    }
  }

  func add(messagesUp count: Int) { messagesUpCount.add(count, ordering: .relaxed) }
  func countDown(_ count: Int) { messagesDownCount.add(count, ordering: .relaxed) }
  func countDroppedDown(_ count: Int) { droppedDown.add(count, ordering: .relaxed) }
  func countRefusedMessage() { refusedMessages.add(1, ordering: .relaxed) }
}
