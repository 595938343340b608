import Bridge
import Control
import Devices
import Model
import NIOCore
import Routing
import SecureServer
import Sessions
import Storage

/// The sessions of one event loop: its own table of devices, what goes to the bridge at the end of this turn, and one
/// timer for all deadlines.
final class SessionLoop {
  /// What all loops share.
  struct Shared: Sendable {
    let rules: SessionRules
    let bridge: Bridge
    let presence: PresenceDesk
    let rotations: RotationDesk
    let trays: NoteTrays
    let switchboard: Switchboard
    let metrics: Metrics
    let log: GatewayLog
  }

  private static let tick = TimeAmount.milliseconds(500)
  /// How long the session of a connection that has ended waits for the outcome of its messages.
  private static let leavingPatience = Duration.seconds(8)
  /// How many devices are announced again in one turn, so that data is not starved.
  private static let announcementsPerTurn = 100

  let eventLoop: any EventLoop
  let shared: Shared
  /// Where this loop tells the chronicle what happens.
  let notes: NoteTray
  private var table: DeviceTable
  /// How many tables there have been.
  private var generation = 0
  /// Whether the broker takes less than devices send.
  private(set) var isCongested = false
  private var sessions: [UInt64: SessionHandler] = [:]
  private var batch: [Submission] = []
  private var isFlushScheduled = false
  private var isTicking = false
  private var actions: [SessionAction] = []
  private lazy var sink = Sink(self)
  private lazy var willSink = WillSink(shared.switchboard.store)
  /// The MQTT sessions whose home is here.
  private(set) lazy var shard = SessionShard(self, index: index, shared.switchboard, shared.rules.shardLimits)
  private let index: Int
  /// MQTT sessions whose connections have ended, by these, until their last messages have found their end.
  private var leaving: [UInt64: LeavingSession] = [:]
  /// Deliveries that devices have answered for, which leave the disk.
  private var finished: [Int64] = []

  init(index: Int, eventLoop: any EventLoop, table: DeviceTable, shared: Shared) {
    self.index = index
    self.eventLoop = eventLoop
    self.table = table
    self.shared = shared
    notes = shared.trays.makeTray()
  }

  // MARK: Sessions

  func decide(_ offer: PreSharedKeyOffer) -> PreSharedKeyDecision {
    table.decide(on: offer, generation: generation, shared.rotations.trials)
  }

  func admit(_ channel: any Channel, _ info: SecureChannelInfo, _ admitted: Admitted) throws {
    guard admitted.generation == generation || table.isLive(admitted, info) else {
      shared.log.revokedInHandshake(admitted.device.id)
      throw GatewayError.revokedInHandshake(admitted.device.id)
    }
    let session = SessionHandler(loop: self, channel: info, admitted: admitted)
    // Its record may have changed during the handshake.
    if admitted.generation != generation, let device = table.device(admitted.device.id) { session.apply(device) }
    // With a name of its own SwiftNIO need not make one up.
    try channel.pipeline.syncOperations.addHandler(session, name: "session")
    sessions[info.connection] = session
    if shared.rotations.connected(admitted) {
      shared.log.rotationFinished(admitted.device.id)
      notes.put(.event(GatewayEvent(finishedRotationOf: admitted.device.id)))
    }
    startTicking()
  }

  func session(_ connection: UInt64) -> SessionHandler? { sessions[connection] }

  func remove(_ connection: UInt64) { sessions[connection] = nil }

  /// Where the messages of `device` go as its record is now; nil if it may not connect.
  func route(of device: DeviceID) -> DeviceRoute? {
    guard let record = table.device(device), record.isEnabled else { return nil }
    return try? shared.rules.route(for: record)
  }

  /// Another connection of the same device has taken over.
  func replaceSession(_ connection: UInt64) {
    sessions[connection]?.close(.replaced, "a newer connection of the same device took over")
  }

  /// Closes those of `connections` that are here; returns how many were.
  func close(_ connections: [UInt64], _ reason: OfflineReason, _ text: String) -> Int {
    let closing = connections.compactMap { sessions[$0] }
    for session in closing { session.close(reason, text) }
    return closing.count
  }

  /// These devices exist now; only `changed` may not be what they were, unless it is nil.
  func replace(_ table: DeviceTable, _ changed: Set<DeviceID>?) {
    self.table = table
    generation += 1
    shard.devicesChanged(changed, table)
    for session in sessions(of: changed) {
      if !session.isLive(in: table) {
        session.close(.revoked, "the device, its key or its place is no longer valid")
      } else if let device = table.device(session.admitted.device.id) {
        session.apply(device)
      }
    }
  }

  /// The sessions of these devices, and perhaps some more. It looks through all by a number, once for each change of
  /// devices.d; an index by id would cost every connection, and devices change far less often than they connect.
  private func sessions(of devices: Set<DeviceID>?) -> [SessionHandler] {
    guard let devices, devices.count < sessions.count else { return Array(sessions.values) }
    let lanes = Set(devices.map { LaneKey($0) })
    return sessions.values.filter { lanes.contains($0.lane) }
  }

  func setCongested(_ isCongested: Bool) {
    self.isCongested = isCongested
    if !isCongested { sessions.values.forEach { $0.resumeReading() } }
  }

  func announceAll() { announce(Array(sessions.keys)[...]) }

  private func announce(_ connections: ArraySlice<UInt64>) {
    for connection in connections.prefix(Self.announcementsPerTurn) { sessions[connection]?.announce() }
    let rest = connections.dropFirst(Self.announcementsPerTurn)
    guard !rest.isEmpty else { return }
    let handle = Handle(self)
    eventLoop.scheduleTask(in: .milliseconds(20)) { handle.loop.announce(rest) }
  }

  // MARK: Messages up

  /// The receipt of `token`: it comes back to the session of `connection`.
  func receipt(_ token: UInt64, of connection: UInt64, tellsRejection: Bool) -> Receipt {
    Receipt(sink: sink, connection: connection, token: token, tellsRejection: tellsRejection)
  }

  /// Puts a message into this turn's batch.
  func submit(_ submission: Submission) {
    batch.append(submission)
    scheduleFlush()
  }

  private func scheduleFlush() {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    let handle = Handle(self)
    eventLoop.execute { handle.loop.flush() }
  }

  /// Publishes a will, which leaves the disk when the broker or the spool has it.
  func publish(_ message: Message, of device: DeviceID, will: Int64) {
    let receipt = Receipt(sink: willSink, connection: 0, token: UInt64(bitPattern: will))
    submit(Submission(message: message, lane: LaneKey(device), receipt: receipt))
  }

  /// A device has answered for a delivery.
  func finish(_ sequence: Int64) {
    finished.append(sequence)
    scheduleFlush()
  }

  /// Hands the batch to the bridge.
  func flush() {
    isFlushScheduled = false
    if !finished.isEmpty {
      shared.switchboard.store.finish(finished)
      finished.removeAll(keepingCapacity: finished.count <= 1024)
    }
    guard !batch.isEmpty else { return }
    shared.metrics.add(messagesUp: batch.count)
    shared.bridge.submit(batch)
    batch.removeAll(keepingCapacity: batch.count <= 1024)
  }

  /// Lends an empty list for what a session says, so that none is allocated for each read.
  func withActions(_ body: (inout [SessionAction]) -> Void) {
    var list: [SessionAction] = []
    swap(&list, &actions)
    list.removeAll(keepingCapacity: true)
    body(&list)
    swap(&list, &actions)
  }

  fileprivate func settled(_ receipts: [(Receipt, Delivery)]) {
    for (receipt, delivery) in receipts {
      if leaving[receipt.connection] == nil {
        sessions[receipt.connection]?.settled(receipt.token, delivery)
        // What was dropped has ended the connection: this was its outcome.
        if leaving[receipt.connection] != nil { settledLate(receipt.connection, receipt.token, delivery) }
      } else {
        settledLate(receipt.connection, receipt.token, delivery)
      }
    }
  }

  /// A connection has ended; its MQTT session goes home now, or when its last messages have found their end.
  func leave(_ session: LeavingSession) {
    guard session.waits else { return session.goHome() }
    leaving[session.connection] = session
    startTicking()
  }

  private func settledLate(_ connection: UInt64, _ token: UInt64, _ delivery: Delivery) {
    leaving[connection]?.settled(token, delivery)
    guard let session = leaving[connection], !session.waits else { return }
    leaving[connection] = nil
    session.goHome()
  }

  /// Nobody waits for ever: what the bridge has not answered for by now is taken as new when it comes again.
  private func giveUpLeaving(_ now: ContinuousClock.Instant) {
    for (connection, session) in leaving where session.since + Self.leavingPatience <= now {
      leaving[connection] = nil
      session.goHome()
    }
  }

  func refused(_ token: PublishToken, _ reason: ReasonCode, of connection: UInt64) {
    if leaving[connection] == nil {
      sessions[connection]?.refused(token, reason)
    } else {
      settledLate(connection, token.sequence, .rejected(reason.rawValue))
    }
  }

  // MARK: Deadlines

  func startTicking() {
    guard !isTicking else { return }
    isTicking = true
    let handle = Handle(self)
    eventLoop.scheduleTask(in: Self.tick) { handle.loop.ticked() }
  }

  private func ticked() {
    isTicking = false
    let now = ContinuousClock.now
    for session in sessions.values { session.expire(now) }
    shard.tick(now)
    giveUpLeaving(now)
    if !sessions.isEmpty || !shard.waiting.isEmpty || !leaving.isEmpty { startTicking() }
  }

  /// A loop's sessions, as other threads may hold them.
  struct Handle: Sendable {
    let eventLoop: any EventLoop
    private let bound: NIOLoopBoundBox<SessionLoop>

    init(index: Int, eventLoop: any EventLoop, table: DeviceTable, shared: Shared) {
      self.eventLoop = eventLoop
      bound = .makeBoxSendingValue(
        SessionLoop(index: index, eventLoop: eventLoop, table: table, shared: shared), eventLoop: eventLoop)
    }

    /// On the loop itself.
    init(_ loop: SessionLoop) {
      eventLoop = loop.eventLoop
      bound = NIOLoopBoundBox(loop, eventLoop: loop.eventLoop)
    }

    /// The sessions, for code that runs on the loop.
    var loop: SessionLoop { bound.value }

    func run(_ body: @escaping @Sendable (SessionLoop) -> Void) { eventLoop.execute { body(loop) } }

    func ask<Answer: Sendable>(_ body: @escaping @Sendable (SessionLoop) -> Answer) async throws -> Answer {
      try await eventLoop.submit { body(loop) }.get()
    }
  }

  /// Where the bridge says what became of messages: once for all that were settled in one of its turns.
  private final class Sink: ReceiptSink {
    private let handle: Handle

    init(_ loop: SessionLoop) { handle = Handle(loop) }

    func settled(_ receipts: [(Receipt, Delivery)]) { handle.run { $0.settled(receipts) } }
  }
  /// Where the bridge says what became of wills.
  private final class WillSink: ReceiptSink {
    private let store: SessionStore

    init(_ store: SessionStore) { self.store = store }

    func settled(_ receipts: [(Receipt, Delivery)]) {
      for (receipt, delivery) in receipts {
        switch delivery {
        // What is still on disk is published by the next run.
        case .dropped(.stopped), .dropped(.outboxFull), .dropped(.endsConnections): continue
        case .acknowledged, .spooled, .rejected, .dropped: break
        }
        store.remove(will: Int64(bitPattern: receipt.token))
      }
    }
  }
}
