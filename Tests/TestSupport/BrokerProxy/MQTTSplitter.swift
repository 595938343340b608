import NIOCore

/// Cuts a stream of bytes into MQTT control packets (MQTT 5 §2.1).
struct MQTTSplitter {
  /// The longest packet that is looked at; a stream with a longer one is no longer followed.
  private static let longest = 1 << 20

  private var buffer = ByteBuffer()
  private(set) var isLost = false

  /// Takes in bytes and returns the packets that are whole now: the first byte, and what follows the length.
  mutating func split(_ bytes: ByteBuffer) -> [(header: UInt8, body: ByteBuffer)] {
    guard !isLost else { return [] }
    buffer.writeImmutableBuffer(bytes)
    var packets: [(header: UInt8, body: ByteBuffer)] = []
    while let packet = next() { packets.append(packet) }
    buffer.discardReadBytes()
    return packets
  }

  private mutating func next() -> (header: UInt8, body: ByteBuffer)? {
    let start = buffer.readerIndex
    guard let header: UInt8 = buffer.readInteger(), let length = buffer.readVariableByteInteger() else {
      // Four bytes of a length that all say "more follows" are no MQTT.
      isLost = buffer.writerIndex - start >= 5
      buffer.moveReaderIndex(to: start)
      return nil
    }
    isLost = length > Self.longest
    guard !isLost, let body = buffer.readSlice(length: length) else {
      buffer.moveReaderIndex(to: start)
      return nil
    }
    return (header, body)
  }
}

extension ByteBuffer {
  /// A variable byte integer (MQTT 5 §1.5.5), if it is whole.
  mutating func readVariableByteInteger() -> Int? {
    var (value, shift) = (0, 0)
    while shift <= 21, let byte: UInt8 = readInteger() {
      value |= Int(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }
}
