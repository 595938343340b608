/// A device that has a file of its own, held once by all tables that have it.
final class DeviceRecord: Sendable {
  let device: Device

  init(_ device: Device) { self.device = device }

  /// What it presents: one identity, or two while a rotation brings another.
  var identities: [[UInt8]] {
    guard let next = device.next, next.identity != device.identity else { return [device.identity] }
    return [device.identity, next.identity]
  }
}
