import Model

/// `NAME.psk`: many devices of which nothing is known but identity and key.
///
/// Twelve bytes an entry beside the arena, and no object of its own: fleets of a million fit.
final class Bundle: Sendable {
  /// What follows the name in the file's name.
  static let suffix = ".psk"

  /// The file.
  let path: String
  /// Its entries, in the order of the lines.
  let entries: [Entry]
  /// How many of them have an id that is not simply their identity.
  let renamedCount: Int
  private let arena: Arena

  /// Where one entry's identity, and behind it its key, lie in the arena.
  struct Entry: Sendable {
    let offset: UInt32
    let line: UInt32
    let identityLength: UInt16
    let keyLength: UInt8

    var identity: Range<Int> { Int(offset)..<Int(offset) + Int(identityLength) }
    var key: Range<Int> { identity.upperBound..<identity.upperBound + Int(keyLength) }
  }

  init(path: String, entries: [Entry], renamedCount: Int, arena: Arena) {
    self.path = path
    self.entries = entries
    self.renamedCount = renamedCount
    self.arena = arena
  }

  /// Lends an entry's identity to `body`.
  @inline(__always)
  func withIdentity<Result>(of entry: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    arena.withBytes(entries[entry].identity, body)
  }

  /// Lends an entry's key to `body`.
  func withKey<Result>(of entry: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    arena.withBytes(entries[entry].key, body)
  }

  /// Where an entry was read.
  func source(of entry: Int) -> Source {
    Source(kind: .bundle, path: path, line: Int(entries[entry].line))
  }

  /// An entry as a device. It is never nil, for an entry's identity is never empty and so gives an id.
  func device(_ entry: Int) -> Device? {
    let identity = arena.copy(entries[entry].identity)
    guard let id = try? DeviceID(bundleIdentity: identity.span) else { return nil }
    var device = Device(id: id, identity: identity, key: SecretBytes(arena.copy(entries[entry].key)))
    device.source = source(of: entry)
    return device
  }
}
