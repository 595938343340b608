public import NIOCore

/// What happens to the connections of a server, in order for each connection.
///
/// Every accepted connection ends in exactly one outcome: ``handshakeFailed(_:_:)``, or ``established(_:_:)`` and later
/// ``closed(_:_:)``.
public enum SecureServerEvent: Sendable {
  /// A connection was accepted; nothing of TLS has happened yet. Where a trusted proxy has to say first whom it carries
  /// (``ProxyProtocol``), this event waits for that; a connection that ends before has it right before its outcome.
  case accepted(Peer)
  /// The ClientHello is complete and the handshake begins: the first of a connection's TLS events.
  case handshakeStarted(Peer)
  /// The connection ended before it was established.
  case handshakeFailed(Peer, HandshakeFailure)
  /// The handshake is complete: the peer has proved what the settings ask for.
  case established(Peer, TLSSessionInfo)
  /// An alert went to the peer, during the handshake or after it.
  case alertSent(Peer, TLSAlert)
  /// An alert came from the peer, during the handshake or after it.
  case alertReceived(Peer, TLSAlert)
  /// An established connection ended.
  case closed(Peer, CloseReason)
  /// The secrets of every connection from now on are given to ``TLSConfiguration/keyLogCallback``.
  case keyLogEnabled
  /// Connections cannot be accepted now (accept(2)): the limit of open files, say. Live ones go on, and accepting is
  /// tried again by itself; it is told at most once a second.
  case acceptFailed(String)

  /// One connection, from its acceptance to its end.
  public struct Peer: Sendable {
    /// A number that no other connection of this server has.
    public let connection: UInt64
    /// Where it comes from; nil for a Unix domain socket. Behind a trusted proxy what the proxy says, once it has.
    public let address: SocketAddress?
    /// The trusted proxy that said so; nil for a peer that connects by itself, and for a proxy on a Unix domain socket.
    public let proxyAddress: SocketAddress?
  }

  /// How an established connection ended. What is thrown to the reader of one that ended without close_notify.
  public enum CloseReason: Error, Hashable {
    /// The peer said close_notify.
    case closedByPeer
    /// The peer vanished without close_notify: what came last may be missing.
    case truncated
    /// The connection failed (reset, timed out by the kernel).
    case failed(String)
    /// The peer gave up with this alert.
    case alertReceived(TLSAlert)
    /// The peer broke the protocol, or what it sent was changed on the way.
    case protocolError(String)
    /// This side closed it.
    case closedByServer
    /// The server stopped.
    case serverClosing
  }
}

/// Called with every event, on the event loop of the connection, in order; it must not block.
public typealias SecureServerObserver = @Sendable (SecureServerEvent) -> Void
