import Model

/// Devices, and where each is found by identity and by id: what a table is made of.
struct DeviceIndex: Sendable {
  /// What is known of the devices.
  private(set) var records: DeviceRecords
  /// How many devices can be found.
  private(set) var count = 0
  /// Which devices can be found, by place; the others lost an identity or id to a twin.
  private var isAdmitted: [Bool]
  /// Numbers of credentials, by the hash of the identity.
  private var identities: HashIndex
  /// Numbers of devices' credentials in use, by the hash of the id; without plain entries, which are found as identities.
  private var ids: HashIndex

  /// An index of `records` in which none is admitted yet.
  init(_ records: DeviceRecords) {
    self.records = records
    isAdmitted = [Bool](repeating: false, count: records.count)
    // A device with a file may be admitted twice: if what its file says is refused, with its last good record.
    let files = records.devices.count
    identities = HashIndex(capacity: records.count + 3 * files)
    ids = HashIndex(capacity: 2 * files + records.bundles.reduce(0) { $0 + $1.renamedCount })
  }

  /// The number of the credential with this identity.
  func number(ofIdentity identity: Span<UInt8>) -> UInt32? {
    identities.find(HashIndex.hash(identity)) { number in
      isAdmitted[records.place(of: number)] && records.withIdentity(of: number) { $0.isEqual(to: identity) }
    }
  }

  /// The number of the credential in use of the device with this id.
  func number(ofID id: DeviceID) -> UInt32? {
    number(ofID: Array(id.name.utf8).span)
  }

  /// The number of the credential in use of the device that has the id of another.
  func number(ofIDOf other: UInt32) -> UInt32? {
    if records.isPlainEntry(other) { return records.withIdentity(of: other, number(ofID:)) }
    return records.device(of: other).flatMap { number(ofID: $0.id) }
  }

  private func number(ofID name: Span<UInt8>) -> UInt32? {
    let hash = HashIndex.hash(name)
    return ids.find(hash) { isAdmitted[records.place(of: $0)] && records.hasID($0, name) }
      ?? identities.find(hash) { number in
        isAdmitted[records.place(of: number)] && records.withIdentity(of: number) { $0.isEqual(to: name) }
          && records.isPlainEntry(number)
      }
  }

  /// Whether the device at `place` can be found.
  func isAdmitted(_ place: Int) -> Bool { isAdmitted[place] }

  /// Lets a device be found, by its id and its identities. They are free: the caller has looked.
  mutating func admit(_ place: Int) {
    let number = records.number(ofPlace: place)
    isAdmitted[place] = true
    count += 1
    identities.insert(number, hash: records.withIdentity(of: number, HashIndex.hash))
    if !records.isPlainEntry(number), let id = records.device(of: number)?.id {
      ids.insert(number, hash: HashIndex.hash(Array(id.name.utf8).span))
    }
    guard place < records.devices.count, let next = records.devices[place].device.next else { return }
    // Under the same identity the first number stands for both.
    if next.identity != records.devices[place].device.identity {
      identities.insert(number + 1, hash: HashIndex.hash(next.identity.span))
    }
  }

  /// Lets a device no longer be found.
  mutating func displace(_ place: Int) {
    isAdmitted[place] = false
    count -= 1
  }

  /// Puts another record in place of one that has a file of its own and is not admitted.
  mutating func replaceDevice(at place: Int, with device: DeviceRecord) {
    records.replaceDevice(at: place, with: device)
  }
}

extension DeviceIndex {
  /// The bundles alone, with those of their entries that can be found here.
  var withoutDevices: DeviceIndex {
    guard !records.devices.isEmpty else { return self }
    var bundles = DeviceRecords()
    for bundle in records.bundles { bundles.append(bundle) }
    var index = DeviceIndex(bundles)
    for place in 0..<bundles.count where isAdmitted(place + records.devices.count) { index.admit(place) }
    return index
  }

  /// Whether the same entries of the same bundles can be found in both, neither of which has devices.
  func isSame(as other: DeviceIndex) -> Bool {
    records.bundles.elementsEqual(other.records.bundles, by: ===) && isAdmitted == other.isAdmitted
  }
}
