import NIOCore

/// How much memory a channel reads into. The first buffer is kept by the channel as long as it lives, so it is just
/// large enough for a ClientHello; later ones are lent by the loop.
struct ReceiveAllocator: RecvByteBufferAllocator {
  private static let first = 512

  private let shared: ReceiveBuffer
  private var isFirst = true

  init(sharing shared: ReceiveBuffer) { self.shared = shared }

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
    isFirst ? allocator.buffer(capacity: Self.first) : shared.lend()
  }

  mutating func record(actualReadBytes: Int) -> Bool {
    isFirst = false
    return true
  }
}

/// What the channels of one event loop read into, one after the other: a buffer that is lent for one read, and comes
/// back from its handler. One that somebody keeps is replaced.
final class ReceiveBuffer: Sendable {
  private static let capacity = 16_384

  private let spare: NIOLoopBoundBox<ByteBuffer>

  init(eventLoop: any EventLoop) { spare = .makeBoxSendingValue(ByteBuffer(), eventLoop: eventLoop) }

  func lend() -> ByteBuffer {
    var buffer = spare.value
    spare.value = ByteBuffer()
    // Allocates if the buffer is new, or if it isn't ours alone.
    buffer.clear(minimumCapacity: Self.capacity)
    return buffer
  }

  func takeBack(_ buffer: ByteBuffer) {
    if buffer.capacity >= Self.capacity { spare.value = buffer }
  }
}
