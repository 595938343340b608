import Bridge
import Devices
import Model
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SecureServer
import Storage
import Synchronization

/// Where sessions live: one ``SessionLoop`` for each event loop, and the way to all of them.
final class SessionFloor: Sendable {
  private let loops: [ObjectIdentifier: SessionLoop.Handle]
  /// All of them, in the order of their numbers.
  let handles: [SessionLoop.Handle]
  private let congested = Atomic(false)
  private let latest: NIOLockedValueBox<DeviceTable>

  init(
    group: MultiThreadedEventLoopGroup, table: DeviceTable, rules: SessionRules, bridge: Bridge,
    presence: PresenceDesk, rotations: RotationDesk, trays: NoteTrays, switchboard: Switchboard, metrics: Metrics,
    log: GatewayLog
  ) {
    let shared = SessionLoop.Shared(
      rules: rules, bridge: bridge, presence: presence, rotations: rotations, trays: trays, switchboard: switchboard,
      metrics: metrics, log: log)
    var loops: [ObjectIdentifier: SessionLoop.Handle] = [:]
    var handles: [SessionLoop.Handle] = []
    for (index, eventLoop) in group.makeIterator().enumerated() {
      let handle = SessionLoop.Handle(index: index, eventLoop: eventLoop, table: table, shared: shared)
      loops[ObjectIdentifier(eventLoop)] = handle
      handles.append(handle)
    }
    self.loops = loops
    self.handles = handles
    latest = NIOLockedValueBox(table)
  }

  /// The devices that exist now.
  var table: DeviceTable { latest.withLockedValue { $0 } }

  /// Takes over what an earlier run has left of MQTT sessions, before the first device connects.
  ///
  /// - Throws: where an event loop has ended.
  func takeOver(_ switchboard: Switchboard) async throws {
    switchboard.connect(handles)
    let (contents, table) = (switchboard.store.contents, table)
    for handle in handles { try await handle.ask { $0.shard.restore(contents, table) } }
  }

  /// Decides on the identity that a peer offers; on its event loop.
  func decide(_ offer: PreSharedKeyOffer) -> PreSharedKeyDecision {
    guard let handle = loops[ObjectIdentifier(offer.eventLoop)] else { return .reject(reason: "foreignEventLoop") }
    return handle.loop.decide(offer)
  }

  /// Gives an authenticated channel its session; on its event loop.
  func admit(_ channel: any Channel, _ info: SecureChannelInfo) throws {
    guard let handle = loops[ObjectIdentifier(channel.eventLoop)], let admitted = info.context as? Admitted else {
      throw GatewayError.internalError("a channel without its device")
    }
    try handle.loop.admit(channel, info, admitted)
  }

  /// From now on these devices exist: connections of those that no longer do are closed.
  ///
  /// - Parameters:
  ///   - table: the devices.
  ///   - changed: those that may not be what they were; nil: any.
  func replace(_ table: DeviceTable, _ changed: Set<DeviceID>?) {
    latest.withLockedValue { $0 = table }
    forEachLoop { $0.replace(table, changed) }
  }

  /// Closes `connections`, whichever loops they are on; returns how many were still there.
  ///
  /// - Throws: where an event loop has ended.
  func close(_ connections: [UInt64], _ reason: OfflineReason, _ text: String) async throws -> Int {
    var closed = 0
    for handle in loops.values { closed += try await handle.ask { $0.close(connections, reason, text) } }
    return closed
  }

  /// Stops or resumes the reading of all devices.
  func setCongested(_ isCongested: Bool) {
    congested.store(isCongested, ordering: .relaxed)
    forEachLoop { $0.setCongested(isCongested) }
  }

  /// Whether each event loop does what it is asked; it waits until they have.
  func answers() async -> Bool {
    do {
      for handle in loops.values { _ = try await handle.ask { $0.isCongested } }
      return true
    } catch {
      // An event loop has ended.
      return false
    }
  }

  /// Whether the broker takes less than devices send, so that those are not read.
  var isCongested: Bool { congested.load(ordering: .relaxed) }

  /// Has every device that is online announced again, a few at a time.
  func announceAll() { forEachLoop { $0.announceAll() } }

  private func forEachLoop(_ body: @escaping @Sendable (SessionLoop) -> Void) {
    for handle in loops.values { handle.run(body) }
  }
}
