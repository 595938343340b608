import Model

/// What makes a key easy to guess though it is long enough.
enum KeyWarning {
  /// Everything that is odd about `key`, each in words.
  static func all(of key: SecretBytes, identity: [UInt8], id: DeviceID) -> [String] {
    key.withBytes { all(of: $0, identity: identity.span, id: Array(id.name.utf8).span) }
  }

  /// Everything that is odd about `key`, each in words.
  static func all(of key: Span<UInt8>, identity: Span<UInt8>, id: Span<UInt8>? = nil) -> [String] {
    var warnings: [String] = []
    if spells(key, identity) {
      warnings.append("the key is the identity: whoever knows the one knows the other")
    } else if let id, spells(key, id) {
      warnings.append("the key is the id: whoever knows the one knows the other")
    }
    if hasLowVariety(key) {
      warnings.append("the key has few different bytes, or counts them up: gwctl rotate-key makes a random one")
    }
    return warnings
  }

  /// Whether the key is `name`, or `name` is the key in hex.
  static func spells(_ key: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
    if name.count == key.count { return key.indices.allSatisfy { key[$0] == name[$0] } }
    guard name.count == key.count * 2 else { return false }
    return key.indices.allSatisfy { index in
      Hexadecimal.value(of: name[2 * index]) == key[index] >> 4
        && Hexadecimal.value(of: name[2 * index + 1]) == key[index] & 15
    }
  }

  /// Whether the key has less than half as many different bytes as its first 16 could have (a random key has fewer than
  /// eight once in ten billion), or each byte is the one before plus the same step.
  static func hasLowVariety(_ key: Span<UInt8>) -> Bool {
    var seen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var stepChanges = false
    for index in key.indices {
      let bit: UInt64 = 1 << (UInt64(key[index]) & 63)
      switch key[index] >> 6 {
      case 0: seen.0 |= bit
      case 1: seen.1 |= bit
      case 2: seen.2 |= bit
      default: seen.3 |= bit
      }
      if index >= 2, key[index] &- key[index - 1] != key[1] &- key[0] { stepChanges = true }
    }
    let different =
      seen.0.nonzeroBitCount + seen.1.nonzeroBitCount + seen.2.nonzeroBitCount + seen.3.nonzeroBitCount
    return different < min(key.count, 16) / 2 || (key.count > 2 && !stepChanges)
  }
}
