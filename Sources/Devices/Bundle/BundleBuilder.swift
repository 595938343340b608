import Model

/// Makes a bundle of its lines, one after the other.
struct BundleBuilder: ~Copyable {
  /// What is wrong with the lines so far.
  private(set) var log: ProblemLog
  private let path: String
  private let last: DeviceTable
  private var arena: Arena.Builder
  private var entries: [Bundle.Entry] = []
  private var renamedCount = 0

  /// Begins the bundle of the file `path`, of about `byteCount` bytes. The entry of a line that cannot be used has its
  /// last good record in `last`.
  init(path: String, byteCount: Int, last: DeviceTable, problemLimit: Int) {
    self.path = path
    self.last = last
    arena = Arena.Builder(capacity: byteCount)
    log = ProblemLog(limit: problemLimit)
  }

  /// Takes one line, without what ends it.
  mutating func add(_ line: Span<UInt8>, number: Int) {
    guard let parts = BundleLine(line) else { return }
    let identity = line.extracting(parts.identity)
    guard Credential.identityLengths.contains(identity.count) else {
      log.report(
        .error, path: path, line: number, "the identity has \(identity.count) bytes: an identity has 1 to 256")
      return
    }
    guard let range = parts.key else {
      log.report(.error, path: path, line: number, "has no ':': a line is identity:hexkey, or a comment after '#'")
      keepLastGoodRecord(of: identity, line: number)
      return
    }
    let digits = line.extracting(range)
    do throws(KeyError) {
      try PresharedKey.check(digits)
    } catch {
      let place = if case .tooShort = error { " in a file of its own" } else { "" }
      log.report(.error, path: path, line: number, "the key \(error)\(place)")
      keepLastGoodRecord(of: identity, line: number)
      return
    }
    append(identity, line: number, keyLength: digits.count / 2) { $0.append(hexadecimal: digits) }
    warn(entries.count - 1)
  }

  /// The bundle.
  consuming func finish() -> (bundle: Bundle, log: ProblemLog) {
    (Bundle(path: path, entries: entries, renamedCount: renamedCount, arena: Arena(arena)), log)
  }

  private mutating func append(
    _ identity: Span<UInt8>, line: Int, keyLength: Int, _ appendKey: (inout Arena.Builder) -> Void
  ) {
    // What does not fit is refused before: a bundle is shorter than 4 GiB, an identity and a key than their limits.
    let entry = Bundle.Entry(
      offset: UInt32(clamping: arena.count), line: UInt32(clamping: line),
      identityLength: UInt16(clamping: identity.count), keyLength: UInt8(clamping: keyLength))
    arena.append(identity)
    appendKey(&arena)
    entries.append(entry)
    if !DeviceID.isIdentity(identity) { renamedCount += 1 }
  }

  private mutating func keepLastGoodRecord(of identity: Span<UInt8>, line: Int) {
    guard let match = last.credential(for: identity), match.device.source?.path == path else { return }
    append(identity, line: line, keyLength: match.key.count) { arena in
      match.key.withBytes { arena.append($0) }
    }
  }

  private mutating func warn(_ number: Int) {
    let entry = entries[number]
    let warnings = arena.withBytes(entry.key) { key in
      arena.withBytes(entry.identity) { KeyWarning.all(of: key, identity: $0) }
    }
    for warning in warnings { log.report(.warning, path: path, line: Int(entry.line), warning) }
  }
}
