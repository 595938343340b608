import CPlatform
import Glibc

/// A bell that any thread can ring and one thread hears in its poll (eventfd(2)).
public final class WakeUp: Sendable {
  /// What to watch: it is readable from ``ring()`` until ``clear()``.
  public let descriptor: CInt

  /// Makes a silent bell.
  ///
  /// - Throws: ``SystemError`` if no file can be opened.
  public init() throws(SystemError) {
    descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw SystemError("eventfd") }
  }

  deinit { close(descriptor) }

  /// Wakes the listener. It never blocks: a bell that rings already goes on ringing.
  public func ring() { eventfd_write(descriptor, 1) }

  /// Silences the bell. Look at what it announced afterwards, not before.
  public func clear() {
    var count: eventfd_t = 0
    unsafe eventfd_read(descriptor, &count)
  }
}
