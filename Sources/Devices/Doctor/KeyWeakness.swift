public import Model

/// Why a key can be guessed, or found out from another device. A random key has none of these, but once in millions.
public enum KeyWeakness: Sendable, Hashable, CustomStringConvertible {
  /// Shorter than ``PresharedKey/minimumLength``.
  case short(bytes: Int)
  /// It is the identity, as bytes or in hex.
  case isIdentity
  /// It is the id, as bytes or in hex.
  case isID
  /// It has few different bytes, or counts them up.
  case lowVariety
  /// It is the same few bytes, again and again.
  case repeats(period: Int)
  /// It has the id, the identity or the number in one of them in it.
  case containsName
  /// It is what a digest makes of the id or the identity.
  case isDigest(String)
  /// It is text, byte by byte.
  case isText
  /// Its hex digits are decimal, as a serial number's.
  case isDecimal
  /// Another device has it.
  case sameAs(DeviceID)
  /// It begins or ends as another device's: they were counted up.
  case near(DeviceID)
  /// It is in use, and the next one as well.
  case notRotated

  /// A name that does not change: `short_key`.
  public var name: String {
    switch self {
    case .short: "short_key"
    case .isIdentity, .isID, .containsName, .isDigest: "key_from_name"
    case .lowVariety, .repeats: "low_variety_key"
    case .isText, .isDecimal: "guessable_key"
    case .sameAs, .near: "shared_key"
    case .notRotated: "key_not_rotated"
    }
  }

  /// What is wrong, in words, without the key.
  public var description: String {
    switch self {
    case .short(let bytes):
      "the key has \(bytes) byte\(bytes == 1 ? "" : "s"), \(PresharedKey.minimumLength) is the least"
    case .isIdentity: "the key is the identity"
    case .isID: "the key is the id"
    case .lowVariety: "the key has few different bytes, or counts them up"
    case .repeats(let period): "the key is the same \(period) byte\(period == 1 ? "" : "s"), repeated"
    case .containsName: "the key has the id, the identity or its number in it"
    case .isDigest(let digest): "the key is \(digest) of the id or the identity"
    case .isText: "the key is text"
    case .isDecimal: "the key's digits are decimal, as a serial number's"
    case .sameAs(let id): "the key is that of \(id) as well"
    case .near(let id): "the key begins or ends as that of \(id): one tells of the other"
    case .notRotated: "the next key is the one that is in use"
    }
  }
}

extension KeyWeakness {
  /// What is weak about `key` itself; the worst of it.
  static func worst(of key: Span<UInt8>, identity: Span<UInt8>, id: Span<UInt8>) -> KeyWeakness? {
    if key.count < PresharedKey.minimumLength { return .short(bytes: key.count) }
    if KeyWarning.spells(key, identity) { return .isIdentity }
    if KeyWarning.spells(key, id) { return .isID }
    if KeyWarning.hasLowVariety(key) { return .lowVariety }
    if let period = period(of: key) { return .repeats(period: period) }
    if contains(key, identity) || contains(key, id) { return .containsName }
    if let digest = digest(key, of: identity) ?? digest(key, of: id) { return .isDigest(digest) }
    if all(key, { (0x20...0x7e).contains($0) }) { return .isText }
    if all(key, { $0 >> 4 < 10 && $0 & 15 < 10 }) { return .isDecimal }
    return nil
  }

  private static func all(_ key: Span<UInt8>, _ isSo: (UInt8) -> Bool) -> Bool {
    key.indices.allSatisfy { isSo(key[$0]) }
  }

  /// How many bytes repeat, at least twice.
  private static func period(of key: Span<UInt8>) -> Int? {
    guard key.count > 1 else { return nil }
    return (1...key.count / 2).first { period in
      (period..<key.count).allSatisfy { key[$0] == key[$0 - period] }
    }
  }

  /// Whether `name` is in the key as bytes, or the longest run of hex digits in it is in the key's digits. Shorter than four
  /// bytes or eight digits it may be there by chance.
  private static func contains(_ key: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
    if name.count >= 4, has(name, in: key.count, { key[$0] }) { return true }
    let number = longestNumber(in: name)
    guard number.count >= 8 else { return false }
    let digits = name.extracting(number)
    return has(digits, in: 2 * key.count) { digit(key[$0 / 2] >> ($0 % 2 == 0 ? 4 : 0) & 15) }
  }

  /// Whether `wanted`, whatever the case of its letters, is among `count` bytes.
  private static func has(_ wanted: Span<UInt8>, in count: Int, _ byte: (Int) -> UInt8) -> Bool {
    guard wanted.count <= count else { return false }
    return (0...count - wanted.count).contains { start in
      wanted.indices.allSatisfy { lower(byte(start + $0)) == lower(wanted[$0]) }
    }
  }

  private static func longestNumber(in name: Span<UInt8>) -> Range<Int> {
    var (longest, start) = (0..<0, 0)
    for index in name.indices {
      guard Hexadecimal.value(of: name[index]) != nil else {
        start = index + 1
        continue
      }
      if index + 1 - start > longest.count { longest = start..<index + 1 }
    }
    return longest
  }

  private static func digest(_ key: Span<UInt8>, of name: Span<UInt8>) -> String? {
    MessageDigest.allCases.first { algorithm in
      let digest = algorithm.digest(of: name)
      return !digest.isEmpty && (0..<min(digest.count, key.count)).allSatisfy { digest[$0] == key[$0] }
    }?.rawValue
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
  }
}
