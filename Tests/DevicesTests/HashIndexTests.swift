import Model
import Testing

@testable import Devices

/// The hash table behind the device table.
struct HashIndexTests {
  @Test func `an empty index finds nothing`() {
    let index = HashIndex(capacity: 0)
    #expect(index.find(0) { _ in true } == nil)
    #expect(index.find(.max) { _ in true } == nil)
    #expect(index.find(.min) { _ in true } == nil)
  }

  @Test(arguments: [0, 1, 7, .max, .min, -1])
  func `entries with one hash are told apart`(hash: Int) {
    var index = HashIndex(capacity: 100)
    for entry in 0..<UInt32(100) { index.insert(entry, hash: hash) }
    let isFound = (0..<UInt32(100)).allSatisfy { entry in index.find(hash) { $0 == entry } == entry }
    #expect(isFound)
    #expect(index.find(hash) { $0 == 100 } == nil)
  }

  @Test func `an index takes as many as it has room for`() {
    var index = HashIndex(capacity: 1000)
    for entry in 0..<UInt32(1000) { index.insert(entry, hash: Int(entry) &* 7919) }
    let isFound = (0..<UInt32(1000)).allSatisfy { entry in
      index.find(Int(entry) &* 7919) { $0 == entry } == entry
    }
    #expect(isFound)
  }

  @Test func `hashes depend on every byte and on the length`() {
    let texts: [[UInt8]] = [
      [], [0], [0, 0], [1], [1, 0], [0, 1], Array(repeating: 0, count: 8), Array(repeating: 0, count: 9),
      Array(repeating: 0, count: 16), Array("identity".utf8), Array("identitz".utf8), Array("identity-".utf8),
    ]
    let hashes = Set(texts.map { HashIndex.hash($0.span) })
    #expect(hashes.count == texts.count)
    #expect(texts.allSatisfy { HashIndex.hash($0.span) == HashIndex.hash(Array($0).span) })
  }

  @Test func `hashes spread what differs in one place`() {
    let slots = Set((0..<1000).map { HashIndex.hash(Array("dev-\($0)".utf8).span) & 1023 })
    // A thousand balls leave about 376 of 1,024 bins empty.
    #expect(slots.count > 500)
  }
}

/// SHA-256, by the examples of FIPS 180-4 and of the empty message.
struct SHA256Tests {
  private static let cases: [(text: String, digest: String)] = [
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ]

  @Test(arguments: cases)
  func `digests the examples`(text: String, digest: String) {
    var shown: [UInt8] = []
    for byte in SHA256.digest(of: Array(text.utf8).span) { Hexadecimal.append(byte, to: &shown) }
    #expect(String(decoding: shown, as: UTF8.self) == digest)
  }
}

/// The memory of a bundle.
struct ArenaTests {
  @Test func `gives back what it was given, however it grew`() {
    var builder = Arena.Builder(capacity: 0)
    var (expected, ranges) = ([[UInt8]](), [Range<Int>]())
    for number in 0..<300 {
      let bytes = [UInt8](repeating: UInt8(number & 255), count: number % 40)
      let start = builder.count
      if number.isMultiple(of: 2) {
        builder.append(bytes.span)
      } else {
        var digits: [UInt8] = []
        for byte in bytes { Hexadecimal.append(byte, to: &digits, upperCase: number % 3 == 0) }
        builder.append(hexadecimal: digits.span)
      }
      ranges.append(start..<builder.count)
      expected.append(bytes)
    }
    let arena = Arena(builder)
    #expect(ranges.map { arena.copy($0) } == expected)
    #expect(zip(ranges, expected).allSatisfy { range, bytes in arena.withBytes(range) { $0.isEqual(to: bytes.span) } })
  }
}

/// Bytes that are lent.
struct SpanTests {
  private static let pairs: [(left: [UInt8], right: [UInt8], isEqual: Bool)] = [
    ([], [], true), ([1], [1], true), ([1], [2], false), ([1], [1, 2], false), ([1, 2], [1], false), ([], [0], false),
  ]

  @Test(arguments: pairs)
  func `are equal byte by byte`(left: [UInt8], right: [UInt8], isEqual: Bool) {
    let result = left.span.isEqual(to: right.span)
    #expect(result == isEqual)
    let copy = left.span.array
    #expect(copy == left)
  }

  private static let starts: [(bytes: [UInt8], prefix: [UInt8], isStart: Bool)] = [
    ([], [], true), ([1], [], true), ([1, 2], [1], true), ([1, 2], [1, 2], true), ([1], [1, 2], false),
    ([2], [1], false),
  ]

  @Test(arguments: starts)
  func `start with a prefix or do not`(bytes: [UInt8], prefix: [UInt8], isStart: Bool) {
    let result = bytes.span.starts(with: prefix)
    #expect(result == isStart)
  }
}
