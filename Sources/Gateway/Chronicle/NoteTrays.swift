import FoundationEssentials
import NIOConcurrencyHelpers
import SecureServer

/// The trays of all event loops, and the one for what is refused or happens elsewhere.
final class NoteTrays: Sendable {
  /// How many refused handshakes wait to be written down; of more than these within a moment only the number is kept.
  private static let maximumRefusals = 4096

  /// Rings when there is something in a tray.
  let bell: Bell
  /// For refused handshakes: anybody can make those, so it is bounded.
  let refusals: NoteTray
  /// For what happens on no event loop of devices.
  let others: NoteTray
  private let loops = NIOLockedValueBox<[NoteTray]>([])

  init() {
    bell = Bell()
    refusals = NoteTray(limit: Self.maximumRefusals, bell: bell)
    others = NoteTray(bell: bell)
  }

  /// A tray for one more event loop.
  func makeTray() -> NoteTray {
    let tray = NoteTray(bell: bell)
    loops.withLockedValue { $0.append(tray) }
    return tray
  }

  /// Takes note of a refused handshake.
  func record(_ event: SecureServerEvent) {
    guard case .handshakeFailed(let peer, let failure) = event, failure.isWorthTelling else { return }
    refusals.put(.refused(Refusal(time: .now, peer: peer.address, failure: failure)))
  }

  /// All notes, in the order of what happened; those of one tray in theirs, even if the clock was set back.
  func takeAll() -> [Note] {
    let trays = loops.withLockedValue { $0 } + [refusals, others]
    var notes: [Note] = []
    var order: [(time: Date, index: Int)] = []
    for tray in trays {
      var time = Date.distantPast
      tray.takeAll { note in
        time = max(time, note.time)
        order.append((time, notes.count))
        notes.append(note)
      }
    }
    order.sort { $0 < $1 }
    return order.map { notes[$0.index] }
  }
}

extension HandshakeFailure {
  /// Not what our own end brings, nor who connects and goes without a word, as load balancers do to see that we live.
  fileprivate var isWorthTelling: Bool {
    switch reason {
    case .serverClosing: false
    case .peerClosed: offer != nil
    default: true
    }
  }
}
