import Bridge
import Control
import Devices
import FoundationEssentials
import Model
import SecureServer
import Sessions

extension GatewayEvent {
  /// A device has proved its key.
  init(_ connection: DeviceConnection) {
    self.init(.connected, at: connection.since)
    fill(connection)
  }

  /// A device's connection has ended.
  init(_ connection: DeviceConnection, _ end: SessionEnd, at time: Date) {
    self.init(.disconnected, at: time)
    fill(connection)
    reason = end.reason.rawValue
    text = end.text
  }

  /// A handshake was refused.
  init(_ outcome: Outcome, _ device: DeviceID?, text: String) {
    self.init(.refused, at: outcome.last)
    self.device = device?.name
    address = outcome.address
    setIdentity(outcome.identity)
    tls = outcome.version.map { "\($0)" }
    if case .refused(let why) = outcome.result { reason = why.name }
    self.text = text
    count = outcome.count
  }

  /// devices.d says something else; there are `total` devices now.
  init(_ changes: DeviceChanges, total: Int, at time: Date) {
    self.init(.devicesChanged, at: time)
    count = total
    if let devices = changes.devices, devices.count == 1 { device = devices.first?.name }
    text = "\(changes.added) added, \(changes.changed) changed, \(changes.removed) removed"
  }

  /// A device has proved its new key, and its old one is retired.
  init(finishedRotationOf device: DeviceID) {
    self.init(.rotationFinished, at: .now)
    self.device = device.name
    text = "the device has its new key, the old one is retired"
  }

  /// What is worth an event of what happens to the bridge.
  init?(_ event: BridgeEvent, at time: Date) {
    switch event {
    case .connected(let broker, let lane):
      self.init(.bridgeUp, at: time)
      text = "connection \(lane) to \(broker)"
    case .disconnected(let lane, let why, _):
      self.init(.bridgeDown, at: time)
      text = "connection \(lane): \(why)"
    case .congested, .relieved, .rejected: return nil
    }
  }

  private mutating func fill(_ connection: DeviceConnection) {
    device = connection.device.name
    address = connection.address
    setIdentity(connection.identity)
    tls = "\(connection.tls)"
    cipher = connection.cipher
  }

  private mutating func setIdentity(_ bytes: [UInt8]?) {
    identity = bytes.flatMap { String(validating: $0, as: UTF8.self) }
    identityHex = bytes.map(Hexadecimal.text)
  }
}
