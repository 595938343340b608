import Model

/// Seals keys and opens them, for one thread.
final class KeySealer {
  /// What has been opened so far, and what could not be.
  private(set) var tally = SealTally()
  /// The versions of the master keys at hand, the one that seals first.
  let versions: [MasterKeyVersion]
  private let sealing: AESGCM?
  private let opening: [AESGCM]
  /// Room for the longest sealed key, and for the longest key.
  private var sealed: [UInt8] = []
  private var opened = [UInt8](repeating: 0, count: PresharedKey.maximumLength)

  init(_ keys: MasterKeys) {
    // Each has been made once, when the master keys were read.
    opening = keys.entries.compactMap { AESGCM(key: $0.sealingKey, .opening) }
    sealing = keys.entries.first.flatMap { AESGCM(key: $0.sealingKey, .sealing) }
    versions = keys.versions
    sealed.reserveCapacity(SealedKey.overhead + PresharedKey.maximumLength)
  }

  deinit { wipe(&opened) }

  /// What has been met since the last call; it begins anew.
  func takeTally() -> SealTally {
    defer { tally = SealTally() }
    return tally
  }

  /// Counts a key in clear.
  func countClear() { tally.clear += 1 }

  /// Opens the sealed key that `text` is, and lends it to `body`, which must not keep a copy.
  ///
  /// - Parameters:
  ///   - text: `enc:...`.
  ///   - identity: whose key it should be.
  ///   - acceptsWeakKey: whether a key of one byte is enough.
  ///   - body: takes the key.
  /// - Returns: what `body` does.
  /// - Throws: ``KeyError``.
  func open<Result>(
    _ text: Span<UInt8>, of identity: Span<UInt8>, acceptingWeak acceptsWeakKey: Bool = false,
    _ body: (Span<UInt8>) -> Result
  ) throws(KeyError) -> Result {
    let key: SealedKey
    do throws(KeyError) {
      key = try SealedKey(text)
    } catch {
      // Without a master key, that is what is wrong with it.
      throw versions.isEmpty ? .encrypted : error
    }
    guard let place = versions.firstIndex(of: key.version), place < opening.count else {
      tally.missing[key.version, default: 0] += 1
      throw versions.isEmpty ? .encrypted : .unknownMasterKey(key.version)
    }
    sealed.removeAll(keepingCapacity: true)
    Hexadecimal.decode(text.extracting(key.digits), into: &sealed)
    let count = sealed.count - SealedKey.overhead
    defer { wipe(&opened) }
    guard opening[place].open(sealed.span, of: identity, into: &opened) else { throw .doesNotOpen }
    tally.opened[key.version, default: 0] += 1
    try PresharedKey.check(byteCount: count, acceptingWeak: acceptsWeakKey)
    return body(opened.span.extracting(..<count))
  }

  /// The key that `text` is, sealed or in hex.
  ///
  /// - Parameters:
  ///   - text: hex digits, or `enc:...`; the caller wipes it.
  ///   - identity: whose key it should be.
  ///   - acceptsWeakKey: whether a key of one byte is enough.
  /// - Returns: the key.
  /// - Throws: ``KeyError``.
  func key(
    _ text: Span<UInt8>, of identity: Span<UInt8>, acceptingWeak acceptsWeakKey: Bool
  ) throws(KeyError) -> SecretBytes {
    guard SealedKey.isMeant(by: text) else {
      countClear()
      return try PresharedKey.parse(hexadecimal: text, acceptingWeak: acceptsWeakKey)
    }
    return try open(text, of: identity, acceptingWeak: acceptsWeakKey) { SecretBytes($0.array) }
  }

  /// A key as it is written: sealed where there is a master key, else in hex. The caller wipes it.
  func text(of key: SecretBytes, identity: [UInt8]) -> [UInt8] {
    guard let sealing, let version = versions.first else { return PresharedKey.hexadecimal(key) }
    let bytes = key.withBytes { sealing.seal($0, for: identity.span) }
    return SealedKey.text(bytes.span, under: version)
  }
}
