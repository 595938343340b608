import Model

/// The master keys at hand: the first seals and opens, the others only open what has not been sealed anew yet.
///
/// The master keys themselves are not kept, only what is derived from them.
public struct MasterKeys: Sendable {
  /// None: keys are written in clear, and what is sealed stays shut.
  public static let none = MasterKeys()
  /// How many bytes a master key has.
  public static let byteCount = 32

  /// What one master key comes to.
  struct Entry: Sendable {
    let version: MasterKeyVersion
    /// The key of AES-256-GCM.
    let sealingKey: SecretBytes
  }

  /// The one that seals first.
  let entries: [Entry]

  private init() { entries = [] }

  /// Takes master keys as a file or a variable holds them: 64 hex digits each, separated by blanks, commas or line ends;
  /// what stands behind `#` is a comment.
  ///
  /// - Parameters:
  ///   - text: the text; the caller wipes it.
  ///   - source: where it comes from, for messages.
  /// - Throws: ``DevicesError/masterKeyUnusable(source:reason:)``.
  public init(_ text: Span<UInt8>, from source: String) throws(DevicesError) {
    var entries: [Entry] = []
    for word in Self.words(in: text) {
      let digits = text.extracting(word.range)
      guard let entry = try Self.entry(digits, line: word.line, source) else { continue }
      if !entries.contains(where: { $0.version == entry.version }) { entries.append(entry) }
    }
    guard !entries.isEmpty else {
      throw .masterKeyUnusable(source: source, reason: "no master key is in it: \(Self.allowed)")
    }
    self.entries = entries
  }

  /// Whether there is none.
  public var isEmpty: Bool { entries.isEmpty }
  /// The versions, the one that seals first.
  public var versions: [MasterKeyVersion] { entries.map(\.version) }

  /// A fresh master key as a file holds it, with its version. The caller wipes it.
  ///
  /// - Throws: ``DevicesError/masterKeyUnusable(source:reason:)`` if OpenSSL derives nothing from it.
  public static func random() throws(DevicesError) -> (text: [UInt8], version: MasterKeyVersion) {
    let digits = PresharedKey.hexadecimal(PresharedKey.random(byteCount: byteCount))
    let version = try MasterKeys(digits.span, from: "random numbers").entries[0].version
    return (digits, version)
  }
}

extension MasterKeys {
  /// Where each word of `text` lies, and on which line.
  private static func words(in text: Span<UInt8>) -> [(range: Range<Int>, line: Int)] {
    var words: [(range: Range<Int>, line: Int)] = []
    var (start, line, isComment) = (Int?.none, 1, false)
    for index in text.indices {
      let isNewline = text[index] == UInt8(ascii: "\n")
      let isMark = text[index] == UInt8(ascii: "#")
      if isMark || isComment || separators.contains(text[index]) {
        if let begin = start { words.append((begin..<index, line)) }
        start = nil
        isComment = (isComment || isMark) && !isNewline
      } else if start == nil {
        start = index
      }
      if isNewline { line += 1 }
    }
    if let start { words.append((start..<text.count, line)) }
    return words
  }

  private static func entry(
    _ digits: Span<UInt8>, line: Int, _ source: String
  ) throws(DevicesError) -> Entry? {
    let isHexadecimal = digits.indices.allSatisfy { Hexadecimal.value(of: digits[$0]) != nil }
    guard digits.count == 2 * byteCount, isHexadecimal else {
      let what = isHexadecimal ? "\(digits.count) hex digits" : "something else than hex digits"
      throw .masterKeyUnusable(source: source, reason: "line \(line) has \(what): \(allowed)")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    defer { wipe(&bytes) }
    Hexadecimal.decode(digits, into: &bytes)
    guard !KeyWarning.hasLowVariety(bytes.span) else {
      throw .masterKeyUnusable(source: source, reason: "the key on line \(line) can be guessed: \(allowed)")
    }
    guard let name = HKDF.derive(versionUse, from: bytes.span, byteCount: 4),
      let key = HKDF.derive(sealingUse, from: bytes.span, byteCount: 32), AESGCM(key: key, .opening) != nil
    else { throw .masterKeyUnusable(source: source, reason: "OpenSSL has no HKDF or no AES-256-GCM") }
    return Entry(version: name.withBytes { MasterKeyVersion($0) }, sealingKey: key)
  }

  private static let separators = Array(" \t\r\n,".utf8)
  private static let allowed = "a master key is 64 hex digits, as 'gwctl make-master-key FILE' makes one"
  // HKDF's info (RFC 5869 §3.2) keeps the uses of a master key apart.
  private static let versionUse = "device gateway master key version"
  private static let sealingUse = "device gateway keys at rest v1"
}
