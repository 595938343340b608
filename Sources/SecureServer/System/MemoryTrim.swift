import CPlatform
import NIOCore
import NIOPosix
import Synchronization

/// Gives memory back to the system when a storm is over (malloc_trim(3)).
///
/// glibc keeps what was freed, for it lies between blocks that are in use: after 10,000 connections have gone, all that
/// they took. A trim costs some 0.1 ms for each megabyte that it gives back, next to nothing where there is none, and
/// holds up whoever allocates from the same arena meanwhile: so it waits until the load has fallen, and runs on a thread
/// of its own.
final class MemoryTrim: Sendable {
  /// How much must have been freed for a trim, counted in handshakes and connections that ended.
  private static let enough = 1000
  /// The load has fallen when fewer than these end within ``moment``.
  private static let few = 100
  private static let moment = TimeAmount.seconds(1)

  private let ended = Atomic(0)
  private let isWatching = Atomic(false)

  /// A handshake or a connection has ended on `eventLoop`, and its memory is free.
  func hasEnded(on eventLoop: any EventLoop) {
    let count = ended.add(1, ordering: .relaxed).newValue
    guard count >= Self.enough, !isWatching.exchange(true, ordering: .relaxed) else { return }
    watch(on: eventLoop, since: count)
  }

  private func watch(on eventLoop: any EventLoop, since before: Int) {
    eventLoop.scheduleTask(in: Self.moment) { [self] in
      let count = ended.load(ordering: .relaxed)
      if count - before < Self.few { trim() } else { watch(on: eventLoop, since: count) }
    }
  }

  private func trim() {
    NIOThreadPool.singleton.submit { [self] _ in
      ended.store(0, ordering: .relaxed)
      isWatching.store(false, ordering: .relaxed)
      malloc_trim(0)
    }
  }
}
