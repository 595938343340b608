import Model
import Sessions

/// One session and what it has said, with a clock that moves only when told.
struct Conversation {
  private(set) var session: DeviceSession
  private(set) var actions: [SessionAction] = []
  private(set) var now: ContinuousClock.Instant

  /// Begins a session that nothing has been said in.
  init(
    _ deviceProtocol: DeviceProtocol, alpn: String? = nil, limits: SessionLimits = SessionLimits(),
    acknowledges: Bool = false, at now: ContinuousClock.Instant = .now
  ) {
    self.now = now
    let settings = SessionSettings(deviceProtocol: deviceProtocol, limits: limits, acknowledges: acknowledges)
    session = DeviceSession(settings: settings, alpn: alpn, now: now, into: &actions)
  }

  /// Does something with the session at the time that it is.
  mutating func tell(
    _ body: (inout DeviceSession, ContinuousClock.Instant, inout [SessionAction]) -> Void
  ) {
    body(&session, now, &actions)
  }

  /// What was said since the last look.
  mutating func takeActions() -> [SessionAction] {
    defer { actions = [] }
    return actions
  }

  /// The device sends all of `bytes` at once, and the session answers.
  @discardableResult
  mutating func device(sends bytes: [UInt8]) -> [SessionAction] {
    session.received(bytes.span, now: now, into: &actions)
    return actions
  }

  /// A message is settled.
  mutating func settle(_ token: PublishToken?, _ outcome: PublishOutcome = .accepted) {
    guard let token else { return }
    session.settled(token, outcome: outcome, now: now, into: &actions)
  }

  /// Time passes, and the owner's timer fires.
  mutating func pass(_ duration: Duration) {
    now += duration
    session.expire(now: now, into: &actions)
  }

  /// The device closes the connection.
  mutating func deviceCloses(clean: Bool = true) {
    session.inputEnded(clean: clean, now: now, into: &actions)
  }

  /// The gateway closes the session.
  mutating func gatewayCloses(_ reason: OfflineReason) {
    session.close(SessionEnd(reason: reason, text: "asked"), into: &actions)
  }

  /// The owner has paused reading for a while of its own accord.
  mutating func ownerPauses(for duration: Duration) {
    now += duration
    session.readingResumed(now: now)
  }
}

extension [SessionAction] {
  /// The messages among the actions.
  var publishes: [SessionPublish] {
    compactMap { action in if case .publish(let publish) = action { publish } else { nil } }
  }

  /// The payloads of the messages, as text.
  var payloads: [String] { publishes.map { String(decoding: $0.payload, as: UTF8.self) } }

  /// What is sent to the device, in one piece.
  var sent: [UInt8] {
    flatMap { action in if case .send(let bytes) = action { bytes } else { [UInt8]() } }
  }

  /// What is sent to the device, piece by piece.
  var packets: [[UInt8]] {
    compactMap { action in if case .send(let bytes) = action { bytes } else { nil } }
  }

  /// Why the session was closed.
  var end: SessionEnd? {
    compactMap { action in if case .close(let end) = action { end } else { nil } }.first
  }

  /// Pauses and resumptions of reading, in their order.
  var flow: [SessionAction] { filter { $0 == .pauseReading || $0 == .resumeReading } }
}
