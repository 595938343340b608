import NIOCore

/// A loop's connections, as other threads may hold them.
struct LoopHandle: Sendable {
  private enum Reference {
    /// Made before the loop had anything to do.
    case box(NIOLoopBoundBox<ConnectionLoop>)
    /// Made on the loop; it allocates nothing.
    case bound(NIOLoopBound<ConnectionLoop>)
  }

  private let eventLoop: any EventLoop
  private let reference: Reference

  /// Makes what the connections on `eventLoop` share.
  init(eventLoop: any EventLoop, core: ServerCore) throws(SecureServerError) {
    self.eventLoop = eventLoop
    reference = .box(
      .makeBoxSendingValue(try ConnectionLoop(eventLoop: eventLoop, core: core), eventLoop: eventLoop))
  }

  /// On the loop itself.
  init(_ loop: ConnectionLoop) {
    eventLoop = loop.eventLoop
    reference = .bound(NIOLoopBound(loop, eventLoop: loop.eventLoop))
  }

  /// The connections, for code that runs on the loop.
  var loop: ConnectionLoop {
    switch reference {
    case .box(let box): box.value
    case .bound(let bound): bound.value
    }
  }

  /// Runs `body` on the loop's next turn, never on the caller's stack: what one connection gives back, the next one may
  /// give back at once, and so on through a whole queue.
  func run(_ body: @escaping @Sendable (ConnectionLoop) -> Void) {
    eventLoop.execute { body(loop) }
  }
}
