public import Model

/// How one table differs from the one before.
public struct DeviceChanges: Sendable {
  /// How many devices are new.
  public private(set) var added = 0
  /// How many are not what they were.
  public private(set) var changed = 0
  /// How many are gone.
  public private(set) var removed = 0
  /// Which devices these are; nil: more than are worth telling apart.
  public private(set) var devices: Set<DeviceID>? = []

  /// Whether nothing changed.
  public var isEmpty: Bool { added == 0 && changed == 0 && removed == 0 }

  /// Compares `after` with `before`, only `touched` if it is known that nothing else changed.
  public init(from before: DeviceTable, to after: DeviceTable, touched: Set<DeviceID>? = nil) {
    if let touched {
      for id in touched { compare(id, before.device(id), after.device(id)) }
      return
    }
    compareFiles(before, after)
    guard !before.parts.bundled.isSame(as: after.parts.bundled) else { return }
    compareEntries(before, after)
  }

  private mutating func compareFiles(_ before: DeviceTable, _ after: DeviceTable) {
    for record in after.parts.devices.all where before.parts.devices[record.device.id] !== record {
      compare(record.device.id, before.device(record.device.id), record.device)
    }
    for record in before.parts.devices.all where after.device(record.device.id) == nil {
      compare(record.device.id, record.device, nil)
    }
  }

  /// Entries that are found in both tables with the same key are not made into devices.
  private mutating func compareEntries(_ before: DeviceTable, _ after: DeviceTable) {
    let (old, new) = (before.parts.bundled, after.parts.bundled)
    for number in new.entries where !old.hasSame(number, of: new) {
      guard let device = new.records.device(of: number) else { continue }
      compare(device.id, before.device(device.id), device)
    }
    for number in old.entries where !new.hasSame(number, of: old) {
      guard let device = old.records.device(of: number), after.device(device.id) == nil else { continue }
      compare(device.id, device, nil)
    }
  }

  private mutating func compare(_ id: DeviceID, _ old: Device?, _ new: Device?) {
    switch (old, new) {
    case (nil, nil): return
    case (nil, _): added += 1
    case (_, nil): removed += 1
    case (let old?, let new?):
      guard !old.isSame(as: new) else { return }
      changed += 1
    }
    devices?.insert(id)
    if devices?.count ?? 0 > Self.limit { devices = nil }
  }

  private static let limit = 10_000
}

extension DeviceIndex {
  /// The entries that can be found, if there are no devices.
  fileprivate var entries: some Sequence<UInt32> {
    (0..<records.count).lazy.filter(isAdmitted).map(records.number(ofPlace:))
  }

  /// Whether an entry of `other` can be found here with the same key.
  fileprivate func hasSame(_ entry: UInt32, of other: DeviceIndex) -> Bool {
    guard let own = other.records.withIdentity(of: entry, number(ofIdentity:)) else { return false }
    return other.records.withKey(of: entry) { key in records.withKey(of: own) { $0.isEqual(to: key) } }
  }
}
