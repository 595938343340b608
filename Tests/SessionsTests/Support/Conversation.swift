import Model
import Sessions

/// One session and what it has said, with a clock that moves only when told.
struct Conversation {
  private(set) var session: DeviceSession
  private(set) var actions: [SessionAction] = []
  private(set) var now: ContinuousClock.Instant

  /// Begins a session that nothing has been said in.
  init(_ deviceProtocol: DeviceProtocol, alpn: String? = nil, limits: SessionLimits = SessionLimits()) {
    now = .now
    session = DeviceSession(
      settings: SessionSettings(deviceProtocol: deviceProtocol, limits: limits), alpn: alpn, now: now, into: &actions)
  }

  /// An MQTT session whose device has been let in, with `keepAlive` seconds.
  static func connected(keepAlive: UInt16 = 0, limits: SessionLimits = SessionLimits()) -> Conversation {
    var conversation = Conversation(.mqtt, limits: limits)
    let seconds = [UInt8(keepAlive >> 8), UInt8(keepAlive & 255)]
    conversation.device(sends: packet(0x10, bytes("0004 'MQTT' 04 02") + seconds + bytes("0000")))
    _ = conversation.takeActions()
    return conversation
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

  /// Why the session was closed.
  var end: SessionEnd? {
    compactMap { action in if case .close(let end) = action { end } else { nil } }.first
  }

  /// Pauses and resumptions of reading, in their order.
  var flow: [SessionAction] { filter { $0 == .pauseReading || $0 == .resumeReading } }
}
