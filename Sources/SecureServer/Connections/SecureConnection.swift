public import NIOCore
import Synchronization

/// An authenticated connection for async/await: plaintext in and out, with back-pressure both ways.
///
/// When the peer says close_notify its sequence of bytes ends, and what remains can still be sent; when it vanishes without,
/// the sequence throws ``SecureServerEvent/CloseReason/truncated``. To say close_notify and go on reading, finish the
/// writer. Closing waits until everything written was sent, as long as the peer takes it.
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
    try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    self.channel = try NIOAsyncChannel(
      wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
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
  /// - Parameter body: reads from the sequence, and writes; `write` waits while the peer does not read.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws, or ``SecureServerEvent/CloseReason``.
  public nonisolated(nonsending) func executeThenClose<Result>(
    _ body: (
      _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: SecureConnectionWriter
    ) async throws -> Result
  ) async throws -> Result {
    let wasUsed = isUsed.exchange(true, ordering: .relaxed)
    precondition(!wasUsed, "executeThenClose is called once for each connection")
    let eventLoop = channel.channel.eventLoop
    return try await channel.executeThenClose { inbound, outbound in
      try await body(inbound, SecureConnectionWriter(outbound, on: eventLoop))
    }
  }
}
