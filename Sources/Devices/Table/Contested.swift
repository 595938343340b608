import Model

/// What devices claimed that did not get it: when a device with one of these claims changes, all has to be decided anew.
struct Contested: Sendable {
  private var identities: Set<[UInt8]> = []
  private var ids: Set<DeviceID> = []
  /// Whether there is too much to tell apart.
  private(set) var isEverywhere = false

  /// Adds what a refused device claims.
  mutating func add(_ device: Device) {
    guard ids.count < Self.limit else { return addAll() }
    ids.insert(device.id)
    identities.insert(device.identity)
    if let next = device.next { identities.insert(next.identity) }
  }

  /// From now on everything is contested.
  mutating func addAll() { isEverywhere = true }

  /// Whether a refused device claims what `record` has or wants.
  func concerns(_ record: DeviceRecord) -> Bool {
    isEverywhere || ids.contains(record.device.id) || record.identities.contains(where: identities.contains)
  }

  private static let limit = 10_000
}
