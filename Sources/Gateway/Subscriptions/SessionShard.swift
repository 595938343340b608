import Bridge
import Devices
import FoundationEssentials
import Model
import Routing
import Sessions
import Settings
import Storage

/// The MQTT sessions of the devices whose home is one event loop: who has subscribed to what, what waits for whom, and which
/// wills are due. Connections may be on any event loop.
final class SessionShard {
  /// How far its sessions may go.
  struct Limits: Sendable {
    let subscriptions: Int
    let queuedMessages: Int
    let queuedBytes: Int
  }

  let loop: SessionLoop
  let index: Int
  let switchboard: Switchboard
  let limits: Limits
  var devices: [DeviceID: [ShardSession]] = [:]
  var tree = SubscriptionTree<SubscriptionKey, ShardSubscription>()
  /// The sessions by their number, for who comes back with one.
  var sessions: [UInt64: ShardSession] = [:]
  /// Those that have a will or an end to wait for.
  var waiting: [UInt64: ShardSession] = [:]
  /// Whose turn it is in each group.
  var turns: [SubscriptionFilter: Int] = [:]
  var stamp: UInt64 = 0
  /// What is on its way to connections, by their event loop.
  var outgoing: [ObjectIdentifier: [(ConnectionPort, SessionDelivery)]] = [:]

  var store: SessionStore { switchboard.store }

  init(_ loop: SessionLoop, index: Int, _ switchboard: Switchboard, _ limits: Limits) {
    self.loop = loop
    self.index = index
    self.switchboard = switchboard
    self.limits = limits
  }

  // MARK: A connection comes

  /// Gives `request`'s connection its session; a connection that has it is told to let go first.
  func attach(_ request: AttachRequest, _ reply: @escaping AttachAnswer) {
    let session = self.session(for: request)
    guard let holder = session.connection else { return admit(request, to: session, reply) }
    session.next?.request.connection.tell { $0.close(.replaced, "a newer connection of the same client id took over") }
    session.next = (request, reply)
    holder.port.tell { $0.close(.replaced, "a newer connection of the same client id took over") }
  }

  private func session(for request: AttachRequest) -> ShardSession {
    let known = devices[request.device] ?? []
    if let session = known.first(where: { $0.has(request.clientID) }) { return session }
    makeRoom(among: known, for: request.policy)
    let session = ShardSession(
      number: switchboard.takeNumber(), device: request.device, clientID: request.clientID)
    add(session)
    return session
  }

  func add(_ session: ShardSession) {
    devices[session.device, default: []].append(session)
    sessions[session.number] = session
  }

  /// A device may leave as many sessions behind as it may have connections: the one that has been alone the longest goes.
  private func makeRoom(among known: [ShardSession], for policy: SessionPolicy) {
    let most = policy.mostSessions
    guard known.count >= most else { return }
    let leavable = known.filter { $0.connection == nil }.sorted { ($0.expiresAt ?? .now) < ($1.expiresAt ?? .now) }
    for session in leavable.prefix(known.count - most + 1) { discard(session) }
  }

  private func admit(
    _ request: AttachRequest, to session: ShardSession, _ reply: @escaping AttachAnswer
  ) {
    let will: Message?
    do throws(RoutingError) {
      will = try request.will.map { will throws(RoutingError) in try message(of: will, from: request.device) }
    } catch {
      if session.expiresAt == nil { discard(session) }
      return request.connection.tell { reply($0, .willRefused) }
    }
    if request.cleanStart { clear(session) }
    // [MQTT-3.1.3-9]: a will whose delay is not over is not published when the session goes on.
    withdrawWill(of: session)
    let isPresent = !request.cleanStart && session.expiresAt != nil
    session.expiresAt = nil
    waiting[session.number] = nil
    session.connection = ShardSession.Connection(port: request.connection)
    session.most = request.policy.mostSessions
    session.expiryInterval = request.expiryInterval
    let state = session.remains
    let number = session.number
    let handle = SessionLoop.Handle(loop)
    let gathering = Gathering(isPresent: isPresent, state: state) { outcome in
      handle.run { $0.shard.admitted(number, request.connection, outcome, reply) }
    }
    keep(session, will, request.will?.delay ?? 0, original: request.will?.message, gathering)
    gathering.finish()
  }

  /// The will as the broker gets it.
  ///
  /// - Throws: `RoutingError` for one that the device may not leave.
  private func message(of will: SessionWill, from device: DeviceID) throws(RoutingError) -> Message {
    guard let route = loop.route(of: device) else { throw .topicNotAllowed }
    return try message(of: will.message, by: route)
  }

  private func message(of will: Message, by route: DeviceRoute) throws(RoutingError) -> Message {
    try Router.message(
      to: will.topic, payload: will.payload, qos: will.qos, retain: will.retain, properties: will.properties,
      from: route)
  }

  /// The device's record has changed: a will that it may not leave any more is taken back.
  func recheckWill(of session: ShardSession, by route: DeviceRoute) {
    guard let original = session.will?.original else { return }
    if let message = try? message(of: original, by: route) {
      session.will?.message = message
    } else {
      withdrawWill(of: session)
    }
  }

  /// Puts on disk what must outlive this process, and reads what is there.
  private func keep(
    _ session: ShardSession, _ will: Message?, _ delay: UInt32, original: Message?, _ gathering: Gathering
  ) {
    let known = session.storeID
    if session.expiryInterval > 0 {
      let id = known ?? store.takeNumber()
      session.storeID = id
      let stored = StoredSession(
        id: id, device: session.device, clientID: session.clientID, expiryInterval: session.expiryInterval)
      gathering.begin()
      store.save(stored) { gathering.stored($0) }
      if known != nil {
        gathering.begin()
        store.read(session: id) { gathering.read($0) }
      } else if !session.subscriptions.isEmpty {
        gathering.begin()
        store.subscribe(session: id, session.subscriptions.values.map(\.stored)) { gathering.stored($0) }
      }
    } else if let known {
      // It ends with this connection; until then what waits for it is delivered.
      gathering.begin()
      store.read(session: known) { gathering.read($0) }
    }
    if let will {
      let id = store.takeNumber()
      session.will = ShardSession.Will(id: id, original: original, message: will, delay: delay)
      gathering.begin()
      store.save(
        StoredWill(id: id, device: session.device, clientID: session.clientID, message: will, delay: delay)
      ) { gathering.stored($0) }
    }
  }

  /// Everything is on disk, or cannot be.
  private func admitted(
    _ number: UInt64, _ port: ConnectionPort, _ outcome: Gathering.Outcome,
    _ reply: @escaping AttachAnswer
  ) {
    guard let session = sessions[number], session.connection?.port.connection == port.connection else { return }
    guard outcome.isStored else {
      session.connection = nil
      withdrawWill(of: session)
      port.tell { reply($0, .unavailable) }
      return settle(session, isKept: outcome.isPresent)
    }
    var state = outcome.state
    let underWay = Set(state.sequencesUnderWay)
    let arrived = ContinuousClock.now
    for delivery in outcome.deliveries where !underWay.contains(delivery.sequence) {
      session.replyTopics.allow(delivery.message, sequence: delivery.sequence)
      state.append(
        SessionDelivery(
          delivery.message, subscriptionIdentifiers: delivery.subscriptionIdentifiers, sequence: delivery.sequence,
          arrived: arrived - delivery.age))
    }
    let attached = AttachedSession(
      number: number, isPresent: outcome.isPresent, state: state, replyTopics: session.replyTopics,
      marksOrigin: session.marksOrigin)
    let early = session.connection?.early ?? []
    session.connection?.early = []
    session.connection?.isReady = true
    port.tell { handler in
      reply(handler, .attached(attached))
      handler.deliver(early)
    }
  }

  // MARK: A connection goes

  /// A connection that has, or waits for, the session of a client id has ended, and leaves `remains`.
  func detach(
    _ device: DeviceID, _ clientID: String, _ connection: UInt64, _ end: SessionEnd, _ remains: SessionRemains?
  ) {
    guard let session = devices[device]?.first(where: { $0.has(clientID) }) else { return }
    if session.next?.request.connection.connection == connection { session.next = nil }
    guard session.connection?.port.connection == connection else { return }
    session.connection = nil
    // One that was never let in has left nothing.
    if let remains { (session.remains, session.replyTopics) = (remains.state, remains.replyTopics) }
    session.queuedMessages = session.remains.storedCount
    session.queuedBytes = session.remains.storedBytes
    session.remains.dropQueue()
    if let interval = end.sessionExpiryInterval {
      session.expiryInterval = min(interval, loop.shared.rules.maximumExpiry)
    }
    if end.discardsWill { withdrawWill(of: session) }
    settle(session, isKept: true)
  }

  /// A session has lost its connection: the next one gets it, or it waits for one.
  private func settle(_ session: ShardSession, isKept: Bool) {
    let next = session.next
    session.next = nil
    if isKept { scheduleEnd(of: session, at: .now) } else { discard(session) }
    // A device that may have one session and came with another client id has left this one.
    if next == nil, devices[session.device]?.count ?? 0 > session.most, sessions[session.number] != nil {
      discard(session)
    }
    if let (request, reply) = next { attach(request, reply) }
  }

  /// From now on the session waits for its device, or for its will.
  func scheduleEnd(of session: ShardSession, at now: ContinuousClock.Instant) {
    let lifetime = Duration.seconds(Int64(session.expiryInterval))
    if var will = session.will {
      will.due = now + min(.seconds(Int64(will.delay)), lifetime)
      session.will = will
    }
    session.expiresAt = session.expiryInterval == .max ? now + .seconds(100 * 365 * 86_400) : now + lifetime
    if let id = session.storeID {
      if session.expiryInterval > 0 { store.end(session: id, expiryInterval: session.expiryInterval, at: .now) }
    }
    waiting[session.number] = session
    loop.startTicking()
    expire(session, now)
  }

  /// Looks after wills and sessions whose time has come.
  func tick(_ now: ContinuousClock.Instant) { for session in waiting.values { expire(session, now) } }

  private func expire(_ session: ShardSession, _ now: ContinuousClock.Instant) {
    if let due = session.will?.due, due <= now { publishWill(of: session) }
    if session.expiresAt.map({ $0 <= now }) ?? false { discard(session) }
  }

  /// The session is over; a will that is left is published.
  func discard(_ session: ShardSession) {
    clear(session)
    if let id = session.storeID { store.remove(session: id) }
    sessions[session.number] = nil
    waiting[session.number] = nil
    devices[session.device]?.removeAll { $0 === session }
    if devices[session.device]?.isEmpty ?? false { devices[session.device] = nil }
  }

  /// Begins the session anew.
  private func clear(_ session: ShardSession) {
    if session.will?.due != nil { publishWill(of: session) }
    for subscription in session.subscriptions.values { remove(subscription) }
    (session.remains, session.replyTopics) = (SessionState(), ReplyTopics())
    (session.queuedMessages, session.queuedBytes) = (0, 0)
    if let id = session.storeID { store.remove(session: id) }
    session.storeID = nil
  }

  // MARK: Wills

  func withdrawWill(of session: ShardSession) {
    if let will = session.will { store.remove(will: will.id) }
    session.will = nil
  }

  private func publishWill(of session: ShardSession) {
    guard let will = session.will else { return }
    session.will = nil
    var message = will.message
    if session.marksOrigin { message.properties.append(switchboard.origin.property(for: session.number)) }
    loop.publish(message, of: session.device, will: will.id)
  }
}

extension SessionPolicy {
  /// How many sessions a device may have, connected or not.
  fileprivate var mostSessions: Int {
    switch self {
    case .one: 1
    case .perClientID(let maximum): maximum
    }
  }
}
