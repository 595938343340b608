import Bridge
import Devices
import FoundationEssentials
import Model
import NIOConcurrencyHelpers
import Routing
import Storage

/// Who is online, for all event loops: it tells the broker, remembers it on disk, and sends older connections away.
///
/// Messages leave it in the order of what happened, so that the last word on a device's status is the true one.
final class PresenceDesk: Sendable {
  /// One connection's claim to a device.
  struct Seat: Sendable {
    let device: DeviceID
    let connection: UInt64
    let clientID: String?
    let policy: SessionPolicy
  }

  private struct Occupant {
    let since: Date
    let leave: @Sendable () -> Void
  }

  private struct State {
    var online = OnlineDevices<UInt64>()
    var occupants: [UInt64: Occupant] = [:]
    var announced: AnnouncedDevices
  }

  private let layout: TopicLayout
  private let isEnabled: Bool
  private let bridge: Bridge
  private let log: GatewayLog
  private let state: NIOLockedValueBox<State>
  /// Whom an earlier run announced and never took back.
  let leftBehind: Set<DeviceID>

  init(layout: TopicLayout, isEnabled: Bool, bridge: Bridge, announced: AnnouncedDevices, log: GatewayLog) {
    self.layout = layout
    self.isEnabled = isEnabled
    self.bridge = bridge
    self.log = log
    if let path = announced.setAside { log.journalSetAside(path) }
    leftBehind = announced.devices
    state = NIOLockedValueBox(State(announced: announced))
  }

  var onlineCount: Int { state.withLockedValue { $0.online.count } }

  func isOnline(_ device: DeviceID) -> Bool { state.withLockedValue { $0.online.contains(device) } }

  /// Says once more that a device is online, unless its connection has been replaced meanwhile.
  func announceAgain(_ seat: Seat, _ connected: Presence.Connection) {
    state.withLockedValue { state in
      guard let since = state.occupants[seat.connection]?.since else { return }
      publish(.online(gateway: layout.node, since: since, connection: connected), of: seat.device)
    }
  }

  /// A connection speaks for a device from now on; `leave` is called when a newer one takes over.
  ///
  /// - Returns: whether it may; not if the device has all the sessions that it may have.
  func opened(_ seat: Seat, _ connected: Presence.Connection, leave: @escaping @Sendable () -> Void) -> Bool {
    let claim = state.withLockedValue { state -> (isSeated: Bool, replaced: [Occupant]) in
      let since = Date.now
      switch state.online.take(seat.device, by: seat.connection, clientID: seat.clientID, seats: seat.seats) {
      case .full: return (false, [])
      case .seated(let older):
        state.occupants[seat.connection] = Occupant(since: since, leave: leave)
        let replaced = older.compactMap { state.occupants.removeValue(forKey: $0) }
        remember { try state.announced.insert(seat.device) }
        publish(.online(gateway: layout.node, since: since, connection: connected), of: seat.device)
        return (true, replaced)
      }
    }
    for occupant in claim.replaced { occupant.leave() }
    return claim.isSeated
  }

  /// A connection has ended.
  func closed(_ seat: Seat, _ reason: OfflineReason) {
    state.withLockedValue { state in
      state.occupants[seat.connection] = nil
      guard state.online.leave(seat.device, by: seat.connection) else { return }
      setOffline(seat.device, reason, &state)
    }
  }

  /// Says offline for a device that an earlier run left behind, unless it has come back.
  func giveUp(_ device: DeviceID) {
    state.withLockedValue { state in
      guard !state.online.contains(device), state.announced.devices.contains(device) else { return }
      setOffline(device, .gatewayRestarted, &state)
    }
  }

  private func setOffline(_ device: DeviceID, _ reason: OfflineReason, _ state: inout State) {
    remember { try state.announced.remove(device) }
    publish(.offline(gateway: layout.node, since: .now, reason: reason), of: device)
  }

  /// A disk that is full must not keep devices from being served.
  private func remember(_ change: () throws -> Void) {
    do { try change() } catch { log.journalFailed(error) }
  }

  private func publish(_ presence: Presence, of device: DeviceID) {
    // A device whose status topic cannot be built cannot have connected.
    guard isEnabled, let topic = try? layout.status(of: device) else { return }
    bridge.submit([Submission(message: presence.message(to: topic), lane: LaneKey(device))])
  }
}

extension PresenceDesk.Seat {
  fileprivate var seats: OnlineDevices<UInt64>.Seats {
    switch policy {
    case .one: .one
    case .perClientID(let maximum): .perClientID(maximum: maximum)
    }
  }
}
