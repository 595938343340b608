public import NIOCore

/// Takes an authenticated channel, on its event loop: adds the handlers that speak the application's protocol. They see
/// plaintext, as `ByteBuffer`, and the channel becomes active for them afterwards. A thrown error closes the connection.
public typealias SecureChannelInitializer = @Sendable (any Channel, SecureChannelInfo) throws -> Void

/// What is known of an authenticated channel.
public struct SecureChannelInfo: Sendable {
  /// The number that the server's events have for this connection.
  public let connection: UInt64
  /// Where it comes from; nil for a Unix domain socket. Behind a trusted proxy, what the proxy says.
  public let peerAddress: SocketAddress?
  /// The trusted proxy that said so (``ProxyProtocol``); nil for a peer that connects by itself, and for a proxy on a
  /// Unix domain socket.
  public let proxyAddress: SocketAddress?
  /// What was agreed in the handshake.
  public let tls: TLSSessionInfo
  /// What the ``PreSharedKeyProvider`` gave with the key.
  public let context: (any Sendable)?
}

/// User events in the pipeline of a secure channel.
public enum SecureChannelEvent: Sendable {
  /// The server stops: finish what is under way and close. What is open after
  /// ``SecureServerConfiguration/drainTimeout`` is closed.
  case shouldQuiesce
}
