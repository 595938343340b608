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
    for tray in trays {
      tray.takeAll { more in notes = notes.isEmpty ? more : Self.merge(notes, more) }
    }
    return notes
  }

  private static func merge(_ left: [Note], _ right: [Note]) -> [Note] {
    var merged: [Note] = []
    merged.reserveCapacity(left.count + right.count)
    var (leftTime, rightTime, next) = (Date.distantPast, Date.distantPast, 0)
    for note in left {
      leftTime = max(leftTime, note.time)
      while next < right.count {
        rightTime = max(rightTime, right[next].time)
        guard rightTime < leftTime else { break }
        merged.append(right[next])
        next += 1
      }
      merged.append(note)
    }
    merged += right[next...]
    return merged
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
