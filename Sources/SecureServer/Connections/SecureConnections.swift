import NIOCore

/// Established connections in the order of their handshakes. No more than ``ConnectionLimits/pendingConnections`` wait
/// here: at the limit no further handshake is started until one is taken.
public struct SecureConnections: AsyncSequence, Sendable {
  /// What the sequence is made of.
  public typealias Element = SecureConnection

  let stream: AsyncStream<SecureConnection>
  let taken: @Sendable () -> Void

  /// Takes one connection after the other; ends when the server has stopped.
  public struct AsyncIterator: AsyncIteratorProtocol {
    var iterator: AsyncStream<SecureConnection>.AsyncIterator
    let taken: @Sendable () -> Void

    /// The next connection; nil when the server has stopped.
    public mutating func next() async -> SecureConnection? { await next(isolation: #isolation) }

    /// The next connection; nil when the server has stopped.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> SecureConnection? {
      let connection = await iterator.next(isolation: actor)
      if connection != nil { taken() }
      return connection
    }
  }

  /// Iterates over the connections. There is one consumer.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(iterator: stream.makeAsyncIterator(), taken: taken)
  }
}
