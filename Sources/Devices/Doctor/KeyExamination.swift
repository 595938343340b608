import Model

/// Looks at the keys of a fleet, one device after the other. It keeps hashes of keys, never a key.
public struct KeyExamination {
  /// The devices so far, by number.
  private var ids: [DeviceID] = []
  /// Who has the key, its first bytes or its last bytes with this hash.
  private var keys: [Int: UInt32] = [:]
  private var starts: [Int: UInt32] = [:]
  private var ends: [Int: UInt32] = [:]

  /// Nothing has been looked at.
  public init() {}

  /// What is weak about the keys of a device, by itself or beside those of the devices before.
  public mutating func examine(_ device: Device) -> [KeyWeakness] {
    ids.append(device.id)
    var weaknesses: [KeyWeakness] = []
    for credential in [device.credential, device.next].compactMap(\.self) {
      let found = credential.key.withBytes { key in
        KeyWeakness.worst(of: key, identity: credential.identity.span, id: Array(device.id.name.utf8).span)
      }
      weaknesses += [found, credential.key.withBytes { compare($0) }].compactMap(\.self)
    }
    // Both keys may have the same weakness.
    return weaknesses.enumerated().filter { !weaknesses[..<$0.offset].contains($0.element) }.map(\.element)
  }

  /// Takes note of a key of the last device.
  private mutating func compare(_ key: Span<UInt8>) -> KeyWeakness? {
    let number = UInt32(clamping: ids.count - 1)
    let hash = HashIndex.hash(key)
    if let other = keys[hash] { return other == number ? .notRotated : .sameAs(ids[Int(other)]) }
    keys[hash] = number
    // A short key is bad enough by itself.
    guard key.count >= 2 * Self.part else { return nil }
    let start = HashIndex.hash(key.extracting(..<Self.part))
    let end = HashIndex.hash(key.extracting((key.count - Self.part)...))
    let neighbour = starts[start] ?? ends[end]
    starts[start] = starts[start] ?? number
    ends[end] = ends[end] ?? number
    return neighbour.flatMap { $0 == number ? nil : .near(ids[Int($0)]) }
  }

  /// How many bytes two random keys share once in 10^7 fleets of a million.
  private static let part = 8
}
