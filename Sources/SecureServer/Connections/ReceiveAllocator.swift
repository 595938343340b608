import NIOCore

/// How much memory a channel reads into. The first buffer is kept by the channel as long as it lives, so it is just
/// large enough for a ClientHello; later ones are given back after each read.
struct ReceiveAllocator: RecvByteBufferAllocator {
  private static let first = 512
  private static let later = 16_384
  private var capacity = Self.first

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: capacity) }

  mutating func record(actualReadBytes: Int) -> Bool {
    capacity = Self.later
    return true
  }
}
