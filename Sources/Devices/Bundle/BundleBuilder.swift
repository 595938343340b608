import Model

/// Makes a bundle of its lines, one after the other.
struct BundleBuilder: ~Copyable {
  /// What is wrong with the lines so far.
  private(set) var log: ProblemLog
  private let path: String
  private let sealer: KeySealer
  private let last: DeviceTable
  private var arena: Arena.Builder
  private var entries: [Bundle.Entry] = []
  private var renamedCount = 0
  /// Lines whose keys are sealed under master keys that are not at hand.
  private var sealed: [KeyError: (count: Int, firstLine: Int)] = [:]

  /// Begins the bundle of the file `path`, of about `byteCount` bytes, whose keys `sealer` opens. The entry of a line that
  /// cannot be used has its last good record in `last`.
  init(path: String, byteCount: Int, _ sealer: KeySealer, last: DeviceTable, problemLimit: Int) {
    self.path = path
    self.sealer = sealer
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
    do throws(KeyError) {
      try append(identity, line: number, keyText: line.extracting(range))
      warn(entries.count - 1)
    } catch {
      report(error, line: number)
      keepLastGoodRecord(of: identity, line: number)
    }
  }

  /// The bundle.
  consuming func finish() -> (bundle: Bundle, log: ProblemLog) {
    for (error, lines) in sealed {
      let which = lines.count == 1 ? "the key" : "each of \(lines.count) keys from here on"
      log.report(.error, path: path, line: lines.firstLine, "\(which) \(error)")
    }
    return (Bundle(path: path, entries: entries, renamedCount: renamedCount, arena: Arena(arena)), log)
  }

  private mutating func append(_ identity: Span<UInt8>, line: Int, keyText text: Span<UInt8>) throws(KeyError) {
    guard SealedKey.isMeant(by: text) else {
      try PresharedKey.check(text)
      sealer.countClear()
      append(identity, line: line, keyLength: text.count / 2) { $0.append(hexadecimal: text) }
      return
    }
    let sealer = sealer
    try sealer.open(text, of: identity) { key in
      append(identity, line: line, keyLength: key.count) { $0.append(key) }
    }
  }

  /// Reports what is wrong with a key; of a whole fleet under another master key only once.
  private mutating func report(_ error: KeyError, line: Int) {
    switch error {
    case .encrypted, .unknownMasterKey: sealed[error, default: (0, line)].count += 1
    case .tooShort: log.report(.error, path: path, line: line, "the key \(error) in a file of its own")
    default: log.report(.error, path: path, line: line, "the key \(error)")
    }
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
