public import NIOCore

/// An authenticated connection for async/await: plaintext in and out, with back-pressure both ways.
public struct SecureConnection: Sendable {
  /// The number that the server's events have for this connection.
  public var id: UInt64 { info.connection }
  /// Where it comes from; nil for a Unix domain socket.
  public var peerAddress: SocketAddress? { info.peerAddress }
  /// What was agreed in the handshake.
  public var tls: TLSSessionInfo { info.tls }

  private let info: SecureChannelInfo
  private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

  init(_ channel: any Channel, _ info: SecureChannelInfo) throws {
    self.info = info
    self.channel = try NIOAsyncChannel(wrappingChannelSynchronously: channel)
  }

  /// Runs `body` with what the peer sends and a writer to it, and closes the connection afterwards, whatever happens.
  ///
  /// - Throws: what `body` throws, or the failure of the connection.
  public nonisolated(nonsending) func executeThenClose<Result>(
    _ body: (
      _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> Result
  ) async throws -> Result {
    try await channel.executeThenClose { inbound, outbound in try await body(inbound, outbound) }
  }
}
