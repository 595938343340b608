import Control
import FoundationEssentials
import Model

/// Which connections devices have, as the chronicle knows it: a moment behind the event loops, and no burden to them.
struct OnlineConnections: Sendable {
  private var connections: [DeviceID: [DeviceConnection]] = [:]

  /// How many devices are connected.
  var count: Int { connections.count }

  /// The newest connection of `device`.
  func newest(of device: DeviceID) -> DeviceConnection? { connections[device]?.last }

  /// The numbers of the connections that `device` has.
  func connections(of device: DeviceID) -> [UInt64] { connections[device, default: []].map(\.connection) }

  /// A connection has begun.
  mutating func begin(_ connection: DeviceConnection) { connections[connection.device, default: []].append(connection) }

  /// A connection has ended: it, and whether it was the device's last.
  mutating func end(_ number: UInt64, of device: DeviceID) -> (DeviceConnection, wasLast: Bool)? {
    guard let place = connections.index(forKey: device),
      let index = connections.values[place].firstIndex(where: { $0.connection == number })
    else { return nil }
    let ended = connections.values[place].remove(at: index)
    guard connections.values[place].isEmpty else { return (ended, false) }
    connections.remove(at: place)
    return (ended, true)
  }

  /// All devices that are connected, in no order.
  var devices: [OnlineDevice] {
    connections.compactMap { device, all in
      all.last.map {
        OnlineDevice(
          device: device.name, since: $0.since, address: $0.address, tls: "\($0.tls)", cipher: $0.cipher,
          connections: all.count)
      }
    }
  }
}
