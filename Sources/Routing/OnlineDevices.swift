public import Model

/// Who is online: which connections speak for each device.
public struct OnlineDevices<Connection: Hashable & Sendable>: Sendable {
  /// How many connections may speak for a device at a time.
  public enum Seats: Sendable {
    /// One: the newest wins.
    case one
    /// One for each MQTT client id, and each without an id, up to `maximum` in all.
    case perClientID(maximum: Int)
  }

  /// What came of a connection's claim.
  public enum Claim: Sendable, Equatable where Connection: Equatable {
    /// It speaks for the device, perhaps in place of older connections, which are to be told `replaced`, and whose ends
    /// no longer matter to the device's presence.
    case seated(replacing: [Connection])
    /// The device has all the connections that it may have.
    case full
  }

  private struct Seat: Sendable {
    var connection: Connection
    var clientID: String?
  }

  private var seats: [DeviceID: [Seat]] = [:]

  /// Nobody yet.
  public init() {}

  /// How many devices are online.
  public var count: Int { seats.count }

  /// Whether any connection speaks for `device`.
  public func contains(_ device: DeviceID) -> Bool { seats[device] != nil }

  /// The connections that speak for `device`, the oldest first.
  public func connections(of device: DeviceID) -> [Connection] { seats[device, default: []].map(\.connection) }

  /// `connection` wants to speak for `device` from now on. Said again, nothing changes.
  public mutating func take(
    _ device: DeviceID, by connection: Connection, clientID: String? = nil, seats allowed: Seats = .one
  ) -> Claim {
    var taken = seats[device, default: []]
    guard !taken.contains(where: { $0.connection == connection }) else { return .seated(replacing: []) }
    let new = Seat(connection: connection, clientID: clientID)
    switch allowed {
    case .one:
      seats[device] = [new]
      return .seated(replacing: taken.map(\.connection))
    case .perClientID(let maximum):
      if let clientID, let index = taken.firstIndex(where: { $0.clientID?.utf8.elementsEqual(clientID.utf8) ?? false })
      {
        let older = taken[index].connection
        taken[index] = new
        seats[device] = taken
        return .seated(replacing: [older])
      }
      guard taken.count < maximum else { return .full }
      seats[device] = taken + [new]
      return .seated(replacing: [])
    }
  }

  /// `connection` has ended. Returns whether `device` is offline now: not if another connection speaks for it.
  public mutating func leave(_ device: DeviceID, by connection: Connection) -> Bool {
    guard var taken = seats[device], let index = taken.firstIndex(where: { $0.connection == connection }) else {
      return false
    }
    taken.remove(at: index)
    seats[device] = taken.isEmpty ? nil : taken
    return taken.isEmpty
  }
}
