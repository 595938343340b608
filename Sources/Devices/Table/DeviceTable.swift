public import Model

/// Every device that can be used, as it was at one time: immutable, so that any thread reads it without a lock.
///
/// Finding a device costs the same whatever their number. The devices of bundles are not kept as ``Device`` values but
/// made on demand; keep no more of them than needed.
public final class DeviceTable: Sendable {
  /// A table without devices.
  public static let empty = DeviceTable()

  init() {}

  /// How many devices there are.
  public var count: Int { 0 }

  /// Whose identity `identity` is, and the key that goes with it. Called in every handshake.
  public func credential(for identity: Span<UInt8>) -> CredentialMatch? { nil }

  /// The device with this id.
  public func device(_ id: DeviceID) -> Device? { nil }
}

extension DeviceTable: Sequence {
  /// Goes through all devices, in the order of the files and lines that they were read from.
  public func makeIterator() -> AnyIterator<Device> { AnyIterator { nil } }
}
