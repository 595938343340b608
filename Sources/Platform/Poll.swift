import CPlatform
import Glibc

/// Waits for several descriptors at once (poll(2)), whatever their numbers.
public struct Poll {
  private var entries: [pollfd] = []

  /// Watches nothing yet.
  public init() {}

  /// Forgets all descriptors.
  public mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  /// Watches `descriptor` for bytes to read, and for room to write where `write` says so.
  ///
  /// - Returns: its place, for ``isReadable(_:)`` and ``isWritable(_:)``.
  @discardableResult
  public mutating func watch(_ descriptor: CInt, write: Bool = false) -> Int {
    entries.append(pollfd(fd: descriptor, events: Int16(write ? POLLIN | POLLOUT : POLLIN), revents: 0))
    return entries.count - 1
  }

  /// Waits until a descriptor is ready or `timeout` has passed; `nil` waits for ever. A signal ends the wait early.
  public mutating func wait(_ timeout: Duration?) {
    let milliseconds = timeout.map(Self.milliseconds) ?? -1
    let ready = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    guard ready < 0 else { return }
    // Interrupted by a signal: nothing is known to be ready, and the caller looks again.
    for index in entries.indices { entries[index].revents = 0 }
  }

  /// Whether the descriptor at `place` has bytes, has ended, or has failed: to read tells which.
  public func isReadable(_ place: Int) -> Bool { has(place, POLLIN | POLLHUP | POLLERR | POLLNVAL) }

  /// Whether the descriptor at `place` has room.
  public func isWritable(_ place: Int) -> Bool { has(place, POLLOUT) }

  private func has(_ place: Int, _ events: CInt) -> Bool { CInt(entries[place].revents) & events != 0 }

  /// Rounded up, so that a deadline has passed when the wait for it ends.
  private static func milliseconds(_ duration: Duration) -> CInt {
    let (seconds, attoseconds) = duration.components
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return max(0, CInt(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
  }
}
