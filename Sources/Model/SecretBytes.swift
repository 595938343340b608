import Glibc

/// Bytes that must not leak: they are wiped when the last holder lets go, and print as `<redacted>`.
public struct SecretBytes: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let storage: Storage

  /// Takes over `bytes`. The caller keeps no copy of its own.
  public init(_ bytes: consuming [UInt8]) {
    storage = Storage(bytes)
  }

  /// How many bytes there are.
  public var count: Int { storage.bytes.count }

  /// Lends the bytes to `body`, which must not keep a copy.
  public func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = storage.bytes
    return try body(bytes.span)
  }

  /// Whether both hold the same bytes; takes as long whatever they are.
  public func isEqual(to other: SecretBytes) -> Bool {
    guard count == other.count else { return false }
    var difference: UInt8 = 0
    for index in storage.bytes.indices { difference |= storage.bytes[index] ^ other.storage.bytes[index] }
    return difference == 0
  }

  /// `<redacted>`.
  public var description: String { "<redacted>" }
  /// `<redacted>`.
  public var debugDescription: String { description }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }

  private final class Storage: Sendable {
    let bytes: [UInt8]

    init(_ bytes: consuming [UInt8]) { self.bytes = bytes }

    deinit {
      // The array is never handed out, so this is its only holder, and nothing is copied before it is wiped.
      unsafe bytes.withUnsafeBytes { raw in
        guard let base = raw.baseAddress else { return }
        unsafe explicit_bzero(UnsafeMutableRawPointer(mutating: base), raw.count)
      }
    }
  }
}

/// Wipes `bytes` in place, for scratch arrays that held a secret.
public func wipe(_ bytes: inout [UInt8]) {
  unsafe bytes.withUnsafeMutableBytes { raw in
    guard let base = raw.baseAddress else { return }
    unsafe explicit_bzero(base, raw.count)
  }
}
