/// Reads the big-endian numbers and length-prefixed vectors of TLS (RFC 8446 §3), never past the end.
struct ByteReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }
  init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func readUInt8() -> UInt8? { bytes.popFirst() }

  mutating func readUInt16() -> UInt16? {
    guard bytes.count >= 2, let high = bytes.popFirst(), let low = bytes.popFirst() else { return nil }
    return UInt16(high) << 8 | UInt16(low)
  }

  mutating func readUInt32() -> UInt32? {
    guard bytes.count >= 4, let high = readUInt16(), let low = readUInt16() else { return nil }
    return UInt32(high) << 16 | UInt32(low)
  }

  mutating func readUInt64() -> UInt64? {
    guard bytes.count >= 8, let high = readUInt32(), let low = readUInt32() else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }

  /// Passes over `count` bytes; false if there are not as many.
  mutating func skip(_ count: Int) -> Bool { readBytes(count) != nil }

  /// A vector behind a length of one byte.
  mutating func readVector8() -> ArraySlice<UInt8>? {
    guard let count = readUInt8() else { return nil }
    return readBytes(Int(count))
  }

  /// A vector behind a length of two bytes.
  mutating func readVector16() -> ArraySlice<UInt8>? {
    guard let count = readUInt16() else { return nil }
    return readBytes(Int(count))
  }

  private mutating func readBytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard bytes.count >= count else { return nil }
    defer { bytes.removeFirst(count) }
    return bytes.prefix(count)
  }
}
