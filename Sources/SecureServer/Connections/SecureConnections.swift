import NIOCore

/// Established connections in the order of their handshakes. No more than ``ConnectionLimits/pendingConnections`` wait
/// here: at the limit no further handshake is started until one is taken. When the task that takes them is cancelled the
/// sequence has ended for good, and what is established from then on is closed.
public struct SecureConnections: AsyncSequence, Sendable {
  /// What the sequence is made of.
  public typealias Element = SecureConnection

  let stream: AsyncStream<SecureConnection>
  /// Whether the server stops: then nothing is delivered any more.
  let isOver: @Sendable () -> Bool
  let taken: @Sendable () -> Void

  /// Takes one connection after the other; ends when the server stops.
  public struct AsyncIterator: AsyncIteratorProtocol {
    var iterator: AsyncStream<SecureConnection>.AsyncIterator
    let isOver: @Sendable () -> Bool
    let taken: @Sendable () -> Void

    /// The next connection; nil when the server stops.
    public mutating func next() async -> SecureConnection? { await next(isolation: #isolation) }

    /// The next connection; nil when the server stops.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> SecureConnection? {
      while let connection = await iterator.next(isolation: actor) {
        taken()
        // One that is let go is closed.
        if !isOver() { return connection }
      }
      return nil
    }
  }

  /// Iterates over the connections. There is one consumer.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(iterator: stream.makeAsyncIterator(), isOver: isOver, taken: taken)
  }
}
