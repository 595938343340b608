import NIOCore
import Testing

@testable import TestSupport

/// A stream of bytes becomes packets, however it arrives.
struct MQTTSplitterTests {
  /// The headers and lengths of what comes out, when the stream arrives in pieces of `size` bytes.
  private func split(_ stream: [UInt8], piecesOf size: Int) -> (packets: [String], isLost: Bool) {
    var splitter = MQTTSplitter()
    var packets: [String] = []
    for start in stride(from: 0, to: stream.count, by: size) {
      let piece = ByteBuffer(bytes: stream[start..<min(start + size, stream.count)])
      packets += splitter.split(piece).map { "\($0.header):\($0.body.readableBytes)" }
    }
    return (packets, splitter.isLost)
  }

  @Test(
    arguments: [
      ([0xc0, 0], ["192:0"]), ([0x40, 2, 0, 1, 0xc0, 0], ["64:2", "192:0"]),
      // What is not whole waits.
      ([], []), ([0x30], []), ([0x30, 3, 0, 1], []), ([0x30, 0x80], []), ([0x30, 0x80, 0x80, 0x80], []),
      // MQTT 5 §1.5.5: 127 is one byte, 128 is two.
      ([0x30, 127] + [UInt8](repeating: 0, count: 127), ["48:127"]),
      ([0x30, 0x80, 1] + [UInt8](repeating: 0, count: 128), ["48:128"]),
    ] as [([UInt8], [String])])
  func `packets come out whole, in any pieces`(stream: [UInt8], packets: [String]) {
    for size in [1, 2, 3, 7, 1_000] {
      #expect(split(stream, piecesOf: size) == (packets, false))
    }
  }

  @Test(
    arguments: [
      // Longer than it looks at, and a length without end.
      [0x30, 0xff, 0xff, 0xff, 0x7f], [0xc0, 0, 0x30, 0x80, 0x80, 0x80, 0x80, 1],
    ] as [[UInt8]])
  func `what is no MQTT it can follow it follows no longer`(stream: [UInt8]) {
    for size in [1, 3, 1_000] {
      let (packets, isLost) = split(stream + [0xc0, 0, 0xc0, 0], piecesOf: size)
      #expect(isLost)
      #expect(packets.count <= 1)
    }
  }
}
