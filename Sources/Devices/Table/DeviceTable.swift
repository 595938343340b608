public import Model

/// Every device that can be used, as it was at one time: immutable, so that any thread reads it without a lock.
///
/// Finding a device costs the same whatever their number. The devices of bundles are not kept as ``Device`` values but
/// made on demand; keep no more of them than needed.
public final class DeviceTable: Sendable {
  /// A table without devices.
  public static let empty = DeviceTable(DeviceIndex(DeviceRecords()))

  let index: DeviceIndex

  init(_ index: DeviceIndex) { self.index = index }

  /// How many devices there are.
  public var count: Int { index.count }

  /// Whose identity `identity` is, and the key that goes with it. Called in every handshake.
  public func credential(for identity: Span<UInt8>) -> CredentialMatch? {
    guard let number = index.number(ofIdentity: identity), let device = index.records.device(of: number) else {
      return nil
    }
    guard case .device(_, .next) = index.records.location(of: number), let next = device.next else {
      let second = device.next.flatMap { $0.identity == device.identity ? $0.key : nil }
      return CredentialMatch(device: device, slot: .current, key: device.key, nextKey: second)
    }
    return CredentialMatch(device: device, slot: .next, key: next.key, nextKey: nil)
  }

  /// The device with this id.
  public func device(_ id: DeviceID) -> Device? {
    index.number(ofID: id).flatMap(index.records.device(of:))
  }

  /// The bundle that was read from the file `path`.
  func bundle(at path: String) -> Bundle? { index.records.bundles.first { $0.path == path } }
}

extension DeviceTable: Sequence {
  /// Goes through all devices: those with files of their own, by name, then the entries of each bundle, line by line.
  public func makeIterator() -> AnyIterator<Device> {
    var places = (0..<index.records.count).makeIterator()
    return AnyIterator { [index] in
      while let place = places.next() {
        guard index.isAdmitted(place) else { continue }
        return index.records.device(of: index.records.number(ofPlace: place))
      }
      return nil
    }
  }
}
