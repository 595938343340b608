public import NIOCore
import Synchronization

/// An authenticated connection for async/await: plaintext in and out, with back-pressure both ways.
///
/// One that is let go without ``executeThenClose(_:)`` is closed.
public final class SecureConnection: Sendable {
  /// The number that the server's events have for this connection.
  public var id: UInt64 { info.connection }
  /// Where it comes from; nil for a Unix domain socket. Behind a trusted proxy, what the proxy says.
  public var peerAddress: SocketAddress? { info.peerAddress }
  /// The trusted proxy that said so (``ProxyProtocol``); nil for a peer that connects by itself.
  public var proxyAddress: SocketAddress? { info.proxyAddress }
  /// What was agreed in the handshake.
  public var tls: TLSSessionInfo { info.tls }

  private let info: SecureChannelInfo
  private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
  private let isUsed = Atomic(false)

  init(_ channel: any Channel, _ info: SecureChannelInfo) throws {
    self.info = info
    self.channel = try NIOAsyncChannel(wrappingChannelSynchronously: channel)
  }

  deinit {
    guard !isUsed.load(ordering: .relaxed) else { return }
    // Nobody waits for it: what is closed has no reader, and how it ends is the server's event to tell.
    Task { [channel] in
      do { try await channel.executeThenClose { _, _ in } } catch {}
    }
  }

  /// Runs `body` with what the peer sends and a writer to it, and closes the connection afterwards, whatever happens.
  /// It is called once.
  ///
  /// - Throws: what `body` throws, or the failure of the connection.
  public nonisolated(nonsending) func executeThenClose<Result>(
    _ body: (
      _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> Result
  ) async throws -> Result {
    let wasUsed = isUsed.exchange(true, ordering: .relaxed)
    precondition(!wasUsed, "executeThenClose is called once for each connection")
    return try await channel.executeThenClose { inbound, outbound in try await body(inbound, outbound) }
  }
}
