import Model

/// One device's connection as its protocol sees it: bytes go in, actions come out.
///
/// It knows no socket and no clock. Its owner, the handler of one connection, hands it the time with each call, does
/// what it appends to `actions` in their order, and calls ``expire(now:into:)`` when ``deadline`` has passed. After
/// ``SessionAction/close(_:)`` it never says anything again, whatever it is told.
public struct DeviceSession: Sendable {
  private enum Stage {
    /// Under `auto`, before the first byte.
    case undecided
    case mqtt(MQTTSession)
    case plain(PlainSession)
    case closed
  }

  private let settings: SessionSettings
  private var stage = Stage.undecided
  /// When the last whole message came, or the session began.
  private var lastHeard: ContinuousClock.Instant
  /// What an MQTT session that is closed has left under way.
  private var remains: SessionState?

  /// Begins a session. `alpn` is what the TLS handshake agreed on: `mqtt` overrules the device's own protocol.
  public init(
    settings: SessionSettings, alpn: String? = nil, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    self.settings = settings
    lastHeard = now
    begin(alpn == "mqtt" ? .mqtt : settings.deviceProtocol, into: &actions)
  }

  /// Whether ``SessionAction/close(_:)`` has been said.
  public var isClosed: Bool {
    switch stage {
    case .undecided, .mqtt, .plain: false
    case .closed: true
    }
  }

  /// How many messages wait for ``settled(_:outcome:now:into:)``; an owner that drains closes when there are none.
  public var unsettled: Int {
    switch stage {
    case .undecided, .closed: 0
    case .mqtt(let session): session.unsettled
    case .plain(let session): session.unsettled
    }
  }

  /// How many bytes are held because their message is incomplete or reading is paused.
  public var bufferedBytes: Int {
    switch stage {
    case .undecided, .closed: 0
    case .mqtt(let session): session.input.pending.count
    case .plain(let session): session.input.pending.count
    }
  }

  /// When ``expire(now:into:)`` is due. It moves with every message, so an owner looks again when its timer fires
  /// instead of setting a new one each time. There is none while the session itself has paused reading.
  public var deadline: ContinuousClock.Instant? {
    let patience: Duration? =
      switch stage {
      case .undecided: settings.limits.detectionTimeout
      case .mqtt(let session): session.input.isPaused && !session.isAdmitting ? nil : session.patience
      case .plain(let session): session.input.isPaused ? nil : session.patience
      case .closed: nil
      }
    return patience.map { lastHeard + $0 }
  }

  /// The device sent `bytes`; any number of them, cut anywhere.
  public mutating func received(
    _ bytes: Span<UInt8>, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    if case .undecided = stage, !bytes.isEmpty {
      begin(bytes[0] == Self.connectByte ? .mqtt : .lines, into: &actions)
    }
    switch takeStage() {
    case .undecided: stage = .undecided
    case .mqtt(var session):
      if session.received(bytes, into: &actions) { lastHeard = now }
      session.pump(now, into: &actions)
      put(session)
    case .plain(var session):
      if session.received(bytes, into: &actions) { lastHeard = now }
      stage = session.isClosed ? .closed : .plain(session)
    case .closed: break
    }
  }

  /// The message of `token` has found its end. A token counts once; MQTT ignores one that it does not know.
  public mutating func settled(
    _ token: PublishToken, outcome: PublishOutcome, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    switch takeStage() {
    case .undecided: stage = .undecided
    case .mqtt(var session):
      if session.settled(token, outcome, into: &actions) { lastHeard = now }
      // What had been put off may have made room.
      session.pump(now, into: &actions)
      put(session)
    case .plain(var session):
      if session.settled(token, outcome, into: &actions) { lastHeard = now }
      stage = session.isClosed ? .closed : .plain(session)
    case .closed: break
    }
  }

  /// The owner reads again after it had paused on its own account: silence counts from `now`. While it does not read,
  /// it does not call ``expire(now:into:)`` either.
  public mutating func readingResumed(now: ContinuousClock.Instant) {
    lastHeard = now
  }

  /// Closes the session if its ``deadline`` has passed; under `auto` a silent device becomes a lines device instead.
  public mutating func expire(now: ContinuousClock.Instant, into actions: inout [SessionAction]) {
    guard let deadline, deadline <= now else { return }
    switch takeStage() {
    case .undecided:
      lastHeard = now
      begin(.lines, into: &actions)
    case .mqtt(var session):
      session.expired(into: &actions)
      put(session)
    case .plain(var session): session.expired(into: &actions)
    case .closed: break
    }
  }

  /// The device will send no more. `clean` says that it closed in order (TLS close_notify); a bare end of the TCP
  /// connection is not. All whole messages that came before are handed out, even those that were put off; a last line
  /// without its newline is one after a clean end only.
  public mutating func inputEnded(
    clean: Bool, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    switch takeStage() {
    case .undecided:
      let end = SessionEnd(reason: .disconnected, text: "the device closed the connection before it said anything")
      actions.append(.close(end))
    case .mqtt(var session):
      session.inputEnded(clean: clean, into: &actions)
      put(session)
    case .plain(var session): session.inputEnded(clean: clean, into: &actions)
    case .closed: break
    }
  }

  /// The gateway closes the session. What the protocol has to say to the device first is sent; MQTT 3.1.1, lines and
  /// frames have no such word.
  public mutating func close(_ end: SessionEnd, into actions: inout [SessionAction]) {
    switch takeStage() {
    case .mqtt(var session):
      session.close(end, into: &actions)
      put(session)
    case .undecided, .plain: actions.append(.close(end))
    case .closed: break
    }
  }

  /// Moves the stage out, so that it is changed in place and not copied; whoever takes it puts the next one back.
  private mutating func takeStage() -> Stage {
    let current = stage
    stage = .closed
    return current
  }

  private mutating func put(_ session: MQTTSession) {
    if session.isClosed { remains = session.state } else { stage = .mqtt(session) }
  }

  /// Lends the MQTT session, if there is one.
  private mutating func withMQTT(_ body: (inout MQTTSession) -> Void) {
    guard case .mqtt = stage, case .mqtt(var session) = takeStage() else { return }
    body(&session)
    put(session)
  }

  /// The first byte of a CONNECT: packet type 1, flags 0 (MQTT 3.1.1 §3.1.1).
  private static let connectByte: UInt8 = 0x10

  private mutating func begin(_ deviceProtocol: DeviceProtocol, into actions: inout [SessionAction]) {
    stage =
      switch deviceProtocol {
      case .auto: .undecided
      case .mqtt: .mqtt(MQTTSession(settings: settings))
      case .lines: .plain(PlainSession(.lines, settings: settings, into: &actions))
      case .frames: .plain(PlainSession(.frames, settings: settings, into: &actions))
      }
  }
}

// What only MQTT knows: being let in, subscriptions, and messages for the device.
extension DeviceSession {
  /// Lets the device in that ``SessionAction/opened(_:)`` has told of; with what an earlier connection has left.
  public mutating func accept(
    _ acceptance: SessionAcceptance, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    var resumes = false
    withMQTT { resumes = $0.accept(acceptance, now: now, into: &actions) }
    if resumes { lastHeard = now }
  }

  /// Does not let it in: it is told `reason`, and the session is closed for `end`.
  public mutating func refuse(_ reason: ReasonCode, _ end: SessionEnd, into actions: inout [SessionAction]) {
    withMQTT { $0.refuse(reason, end, into: &actions) }
  }

  /// Answers a SUBSCRIBE, with a code for each of its filters.
  public mutating func subscribed(_ packetID: UInt16, codes: [ReasonCode], into actions: inout [SessionAction]) {
    withMQTT { $0.subscribed(packetID, codes, into: &actions) }
  }

  /// Answers an UNSUBSCRIBE, with a code for each of its filters.
  public mutating func unsubscribed(_ packetID: UInt16, codes: [ReasonCode], into actions: inout [SessionAction]) {
    withMQTT { $0.unsubscribed(packetID, codes, into: &actions) }
  }

  /// Sends the device a message, or puts it behind those that wait; where there is no room it is dropped.
  public mutating func deliver(
    _ delivery: SessionDelivery, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    withMQTT { $0.deliver(delivery, now: now, into: &actions) }
  }

  /// The connection takes more bytes from now on, or no more for a while.
  public mutating func setWritable(
    _ isWritable: Bool, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    withMQTT { session in
      session.isWritable = isWritable
      session.pump(now, into: &actions)
    }
  }

  /// Sends more of what waits, if ``hasNext`` says that there is something to send.
  public mutating func sendNext(now: ContinuousClock.Instant, into actions: inout [SessionAction]) {
    withMQTT { $0.pump(now, into: &actions) }
  }

  /// Whether the device waits to be let in: the owner's patience counts then, not the device's.
  public var isAdmitting: Bool { if case .mqtt(let session) = stage { session.isAdmitting } else { false } }

  /// Whether messages wait that could be sent now.
  public var hasNext: Bool { if case .mqtt(let session) = stage { session.hasNext } else { false } }

  /// What a closed session has left under way, for the next connection of the same client id; to be taken once.
  public mutating func takeRemains() -> SessionState {
    defer { remains = nil }
    return remains ?? SessionState()
  }
}
