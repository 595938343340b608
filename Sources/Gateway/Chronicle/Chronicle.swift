import Control
import Devices
import FoundationEssentials
import Model
import SecureServer
import Sessions
import Storage

/// Knows what happened: it takes the event loops' notes, and keeps from them who is connected, what became of
/// handshakes, what is to be written to disk, and what watchers are told.
///
/// The event loops only leave notes in their trays; everything that costs is done here.
actor Chronicle {
  private let trays: NoteTrays
  private let diagnosis: Diagnosis
  private var online = OnlineConnections()
  private var history = History()
  private var watchers = Watchers()
  /// What the store does not know yet: at most one for each device. Its words are made when it is written, for most of
  /// a storm's devices come more than once.
  private var unsaved: [DeviceID: Unsaved] = [:]

  private struct Unsaved {
    let connection: DeviceConnection
    var end: OfflineReason?
    var time: Date?

    var entry: LastSeen { LastSeen(connection, ended: end, at: time) }
  }

  init(_ trays: NoteTrays, _ diagnosis: Diagnosis) {
    self.trays = trays
    self.diagnosis = diagnosis
  }

  /// Takes the notes that have come; `table` says whose identities are whose.
  func takeNotes(_ table: DeviceTable) {
    var refusals: [Outcome] = []
    for note in trays.takeAll() {
      switch note {
      case .connected(let connection): begin(connection)
      case .disconnected(let device, let connection, let end, let time): finish(connection, device, end, time)
      case .refused(let refusal): refusals.add(Outcome(refusal))
      case .devicesChanged(let changes, let total, let time):
        watchers.takeIdentities(table)
        watchers.publish(GatewayEvent(changes, total: total, at: time), changed: changes.devices)
      case .event(let event): watchers.publish(event)
      }
    }
    for outcome in refusals { refuse(outcome, table) }
  }

  private func begin(_ connection: DeviceConnection) {
    online.begin(connection)
    history.add(connection)
    unsaved[connection.device] = Unsaved(connection: connection)
    watchers.publish(GatewayEvent(connection))
  }

  private func finish(_ number: UInt64, _ device: DeviceID, _ end: SessionEnd, _ time: Date) {
    guard let (connection, wasLast) = online.end(number, of: device) else { return }
    if wasLast { unsaved[device] = Unsaved(connection: connection, end: end.reason, time: time) }
    watchers.publish(GatewayEvent(connection, end, at: time))
  }

  private func refuse(_ outcome: Outcome, _ table: DeviceTable) {
    let device = outcome.identity.flatMap { table.credential(for: $0.span)?.device.id }
    history.add(outcome, of: device)
    watchers.publish(GatewayEvent(outcome, device, text: diagnosis.text(of: outcome, device)))
  }

  // MARK: What others ask

  /// What the store does not know yet; from now on it is the caller's to write.
  func takeUnsaved() -> [LastSeen] {
    defer { unsaved.removeAll(keepingCapacity: unsaved.capacity <= 4096) }
    return unsaved.values.map(\.entry)
  }

  /// Watchers that could not be told what they lost are told now.
  func tellLost() { watchers.tellLost(at: .now) }

  /// How many watch, and how many events they have lost.
  var watching: (count: Int, lost: Int) { (watchers.count, watchers.lost) }

  /// Lines of JSON about what happens from now on, to `device` or to all; `table` says whose identities are whose.
  func watch(_ device: DeviceID?, _ table: DeviceTable) -> AsyncStream<[UInt8]> {
    defer { watchers.takeIdentities(table) }
    return watchers.add(device)
  }

  /// Nothing more will happen.
  func finishWatching() { watchers.finish() }

  /// How many devices are connected.
  var onlineCount: Int { online.count }

  /// The numbers of the connections that `device` has.
  func connections(of device: DeviceID) -> [UInt64] { online.connections(of: device) }

  /// The devices that are connected, in no order.
  var onlineDevices: [OnlineDevice] { online.devices }

  /// What is known of `device` beside what the store has: whether it is connected, its last connection, its outcomes.
  func record(of device: DeviceID) -> (isOnline: Bool, last: LastSeen?, outcomes: [Outcome]) {
    let connection = online.newest(of: device)
    return (connection != nil, connection.map { LastSeen($0) } ?? unsaved[device]?.entry, history.outcomes(of: device))
  }

  /// What is known of an identity that no device has, the latest first.
  func outcomes(ofIdentity identity: [UInt8]) -> [Outcome] { history.outcomes(ofIdentity: identity) }

  /// What is known of an address, the latest first.
  func outcomes(ofAddress address: String) -> [Outcome] { history.outcomes(ofAddress: address) }
}

extension [Outcome] {
  /// Adds `outcome`, to one that is alike if there is one among the last.
  fileprivate mutating func add(_ outcome: Outcome) {
    // A storm is mostly one peer's; to look at all would take the square of what comes.
    if let index = suffix(8).lastIndex(where: { $0.isLike(outcome) }) {
      self[index].add(outcome)
    } else {
      append(outcome)
    }
  }
}

extension LastSeen {
  init(_ connection: DeviceConnection, ended end: OfflineReason? = nil, at time: Date? = nil) {
    self.init(
      device: connection.device, connectedAt: connection.since, address: connection.address,
      tlsVersion: connection.tls.description, cipherSuite: connection.cipher, identity: connection.identity,
      provedNextKey: connection.provedNextKey)
    self.end = end
    if let time { seenAt = time }
  }
}
