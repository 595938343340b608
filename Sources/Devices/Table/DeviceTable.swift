import HashTreeCollections
public import Model

/// Every device that can be used, as it was at one time: immutable, so that any thread reads it without a lock.
///
/// Finding a device costs the same whatever their number. A table that differs in a few files shares the rest with the one
/// it was made from. The devices of bundles are not kept as ``Device`` values but made on demand; keep no more of them
/// than needed.
public final class DeviceTable: Sendable {
  /// A table without devices.
  public static let empty = DeviceTable(Parts())

  /// What a table is made of.
  struct Parts: Sendable {
    /// The directory that was read.
    var directory = ""
    /// What was found in its files.
    var files = FileReadings()
    /// The devices that have a file each.
    var devices = FileDevices()
    /// Those of the bundles.
    var bundled = DeviceIndex(DeviceRecords())
    /// What refused devices claim.
    var contested = Contested()
    /// What is wrong with the directory itself.
    var directoryLog = ProblemLog(limit: 1)
    /// What is wrong with files beside each other.
    var log = ProblemLog(limit: 1)
    /// Keys that several have.
    var twins = KeyTwins()
  }

  let parts: Parts

  init(_ parts: Parts) { self.parts = parts }

  /// How many devices there are.
  public var count: Int { parts.devices.count + parts.bundled.count }

  /// Whose identity `identity` is, and the key that goes with it. Called in every handshake.
  public func credential(for identity: Span<UInt8>) -> CredentialMatch? {
    if let record = parts.devices.holder(of: identity.array) { return Self.match(record.device, identity) }
    let bundled = parts.bundled
    guard let number = bundled.number(ofIdentity: identity), let device = bundled.records.device(of: number) else {
      return nil
    }
    return CredentialMatch(device: device, slot: .current, key: device.key, nextKey: nil)
  }

  /// The device with this id.
  public func device(_ id: DeviceID) -> Device? {
    if let record = parts.devices[id] { return record.device }
    return parts.bundled.number(ofID: id).flatMap(parts.bundled.records.device(of:))
  }

  /// Whether there is a device with this id; it costs less than ``device(_:)``.
  public func contains(_ id: DeviceID) -> Bool { parts.devices[id] != nil || parts.bundled.number(ofID: id) != nil }

  /// What is wrong in the directory, sorted. Asked for the first time, it looks at all keys for such as several have.
  public var problems: [Problem] {
    var log = parts.directoryLog
    for file in parts.files.logs.values { log.add(file) }
    log.add(parts.log)
    log.add(parts.twins.log(of: self))
    return log.sorted()
  }

  /// The names of files that are links: they change without their directory entry changing.
  public var links: Set<String> { parts.files.links }

  /// The bundle that was read from the file `path`.
  func bundle(at path: String) -> Bundle? { parts.bundled.records.bundles.first { $0.path == path } }

  private static func match(_ device: Device, _ identity: Span<UInt8>) -> CredentialMatch {
    guard device.identity.span.isEqual(to: identity) else {
      // Only the next credential is left.
      return CredentialMatch(device: device, slot: .next, key: device.next?.key ?? device.key, nextKey: nil)
    }
    let second = device.next.flatMap { $0.identity == device.identity ? $0.key : nil }
    return CredentialMatch(device: device, slot: .current, key: device.key, nextKey: second)
  }
}

extension DeviceTable: Sequence {
  /// Goes through all devices: those with files of their own, by name, then the entries of each bundle, line by line.
  public func makeIterator() -> AnyIterator<Device> {
    var records = parts.devices.sorted.makeIterator()
    let bundled = parts.bundled
    var places = (0..<bundled.records.count).makeIterator()
    return AnyIterator {
      if let record = records.next() { return record.device }
      while let place = places.next() {
        guard bundled.isAdmitted(place) else { continue }
        return bundled.records.device(of: bundled.records.number(ofPlace: place))
      }
      return nil
    }
  }
}
