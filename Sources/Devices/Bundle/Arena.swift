import Glibc
import Model

/// The identities and keys of a bundle, one after another in one piece of memory, which is wiped when it is freed.
final class Arena: Sendable {
  private let bytes: [UInt8]

  /// Takes over what `builder` has gathered.
  init(_ builder: consuming Builder) { bytes = builder.bytes }

  deinit {
    // The array is never handed out, so this is its only holder, and nothing is copied before it is wiped.
    unsafe bytes.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return }
      unsafe explicit_bzero(UnsafeMutableRawPointer(mutating: base), raw.count)
    }
  }

  /// A copy of the bytes in `range`.
  func copy(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  /// Lends the bytes in `range` to `body`.
  @inline(__always)
  func withBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = bytes
    return try body(bytes.span.extracting(range))
  }

  /// Gathers the bytes of an arena, and wipes what it leaves behind when it needs more room.
  struct Builder: ~Copyable {
    fileprivate var bytes: [UInt8] = []

    /// Makes room for `capacity` bytes. Memory that is not used is never touched, so room to spare costs nothing.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Where the next byte will be.
    var count: Int { bytes.count }

    /// Appends `text` as it is.
    mutating func append(_ text: Span<UInt8>) {
      makeRoom(for: text.count)
      for index in text.indices { bytes.append(text[index]) }
    }

    /// Appends the bytes that `digits` spell.
    mutating func append(hexadecimal digits: Span<UInt8>) {
      makeRoom(for: digits.count / 2)
      Hexadecimal.decode(digits, into: &bytes)
    }

    /// Lends the bytes in `range` to `body`.
    func withBytes<Result>(_ range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
      body(bytes.span.extracting(range))
    }

    private mutating func makeRoom(for more: Int) {
      guard bytes.count + more > bytes.capacity else { return }
      var larger: [UInt8] = []
      larger.reserveCapacity(max(bytes.capacity * 2, bytes.count + more))
      larger += bytes
      wipe(&bytes)
      bytes = larger
    }
  }
}
