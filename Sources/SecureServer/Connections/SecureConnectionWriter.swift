public import NIOCore

/// Writes to a ``SecureConnection``, as fast as its peer reads.
public struct SecureConnectionWriter: Sendable {
  private let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private let eventLoop: any EventLoop

  init(_ writer: NIOAsyncChannelOutboundWriter<ByteBuffer>, on eventLoop: any EventLoop) {
    self.writer = writer
    self.eventLoop = eventLoop
  }

  /// Encrypts and sends `bytes`. It waits while more than NIO's high-water mark (64 KiB) is unsent, so that at most that
  /// and one write are held in memory.
  ///
  /// - Parameter bytes: plaintext.
  /// - Throws: an error of NIO if the connection has ended, or ``finish()`` was called.
  public func write(_ bytes: ByteBuffer) async throws {
    try await writer.write(bytes)
    // The writer alone would take any number of writes until the loop comes to say that they are too many.
    try await eventLoop.submit {}.get()
  }

  /// Says close_notify: nothing more will be written. The peer may go on sending.
  public func finish() { writer.finish() }
}
