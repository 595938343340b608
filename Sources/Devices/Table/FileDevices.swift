import HashTreeCollections
import Model

/// The devices that have a file each. A changed copy shares with the original whatever did not change, and what nobody
/// shares any more is gone: keys as well.
struct FileDevices: Sendable {
  private var ids: TreeDictionary<DeviceID, DeviceRecord> = [:]
  private var identities: TreeDictionary<[UInt8], DeviceRecord> = [:]
  /// How many credentials have a key, by the key's hash.
  private var keys: TreeDictionary<Int, Int> = [:]

  /// How many there are.
  var count: Int { ids.count }

  /// All of them, in no order.
  var all: some Sequence<DeviceRecord> { ids.values }

  /// All of them, as their files are sorted.
  var sorted: [DeviceRecord] {
    let named = ids.values.map { (name: $0.device.id.name + DeviceFile.suffix, record: $0) }
    return named.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map(\.record)
  }

  /// The device with this id.
  subscript(id: DeviceID) -> DeviceRecord? { ids[id] }

  /// Whose identity it is.
  func holder(of identity: [UInt8]) -> DeviceRecord? { identities[identity] }

  /// Adds a device. Its id and its identities are free: the caller has looked.
  mutating func insert(_ record: DeviceRecord) {
    ids[record.device.id] = record
    for identity in record.identities { identities[identity] = record }
    for hash in Self.keyHashes(of: record) { keys[hash, default: 0] += 1 }
  }

  /// Takes a device out that is in.
  mutating func remove(_ record: DeviceRecord) {
    ids[record.device.id] = nil
    for identity in record.identities { identities[identity] = nil }
    for hash in Self.keyHashes(of: record) {
      let rest = keys[hash, default: 0] - 1
      keys[hash] = rest > 0 ? rest : nil
    }
  }

  /// These devices instead; what is in both is left where it is.
  func replaced(by devices: [DeviceRecord]) -> FileDevices {
    var new = self
    let kept = Set(devices.lazy.map(ObjectIdentifier.init))
    for record in ids.values where !kept.contains(ObjectIdentifier(record)) { new.remove(record) }
    for record in devices where new.ids[record.device.id] == nil { new.insert(record) }
    return new
  }

  /// Whether a key of `record`, which is in, is that of another credential, too; now and then one that only seems so.
  func sharesKey(_ record: DeviceRecord) -> Bool {
    Self.keyHashes(of: record).contains { keys[$0, default: 0] > 1 }
  }

  private static func keyHashes(of record: DeviceRecord) -> [Int] {
    [record.device.key, record.device.next?.key].compactMap { $0?.withBytes(HashIndex.hash) }
  }
}
