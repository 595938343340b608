public import Model

/// Who is online: which connection holds each device. One connection at a time does; the newest wins.
public struct OnlineDevices<Connection: Hashable & Sendable>: Sendable {
  /// The connection of each device that is online.
  public private(set) var connections: [DeviceID: Connection] = [:]

  /// Nobody yet.
  public init() {}

  /// `connection` speaks for `device` from now on. Returns the connection that did so before; it is to be told
  /// `replaced`, and its end no longer matters to the device's presence.
  public mutating func takeOver(_ device: DeviceID, by connection: Connection) -> Connection? {
    let older = connections.updateValue(connection, forKey: device)
    return older == connection ? nil : older
  }

  /// `connection` has ended. Returns whether `device` is offline now: not if a newer connection had taken over.
  public mutating func leave(_ device: DeviceID, by connection: Connection) -> Bool {
    guard connections[device] == connection else { return false }
    connections[device] = nil
    return true
  }
}
