import Model
import Sessions

// What only MQTT knows.
extension Conversation {
  /// An MQTT session whose device has been let in, with `keepAlive` seconds and these properties of its CONNECT.
  static func connected(
    keepAlive: UInt16 = 0, _ version: MQTTVersion = .v3, _ golden: String = "", limits: SessionLimits = SessionLimits()
  ) -> Conversation {
    var conversation = Conversation(.mqtt, limits: limits)
    conversation.device(sends: connect(version, flags: 0x02, keepAlive: keepAlive, golden))
    conversation.letIn()
    _ = conversation.takeActions()
    return conversation
  }

  /// An MQTT session that goes on with what an earlier one has left; its first action is the CONNACK.
  static func resumed(
    _ state: SessionState, _ version: MQTTVersion = .v3, _ golden: String = "", limits: SessionLimits = SessionLimits(),
    at now: ContinuousClock.Instant = .now
  ) -> Conversation {
    var conversation = Conversation(.mqtt, limits: limits, at: now)
    conversation.device(sends: connect(version, flags: 0x00, keepAlive: 0, golden))
    _ = conversation.takeActions()
    conversation.letIn(SessionAcceptance(isPresent: true, state: state))
    return conversation
  }

  private static func connect(
    _ version: MQTTVersion, flags: UInt8, keepAlive: UInt16, _ golden: String
  ) -> [UInt8] {
    let seconds = [UInt8(keepAlive >> 8), UInt8(keepAlive & 255)]
    let fields = version == .v5 ? properties(golden) : []
    return packet(0x10, bytes("0004 'MQTT'") + [version.rawValue, flags] + seconds + fields + bytes("0001 'd'"))
  }

  /// The owner lets the device in.
  mutating func letIn(_ acceptance: SessionAcceptance = SessionAcceptance()) {
    tell { session, now, actions in session.accept(acceptance, now: now, into: &actions) }
  }

  /// The owner does not let it in.
  mutating func refuse(_ reason: ReasonCode, _ end: SessionEnd = SessionEnd(reason: .revoked, text: "no")) {
    tell { session, _, actions in session.refuse(reason, end, into: &actions) }
  }

  /// The owner answers a SUBSCRIBE.
  mutating func answerSubscribe(_ packetID: UInt16, _ codes: UInt8...) {
    let codes = codes.map(ReasonCode.init(rawValue:))
    tell { session, _, actions in session.subscribed(packetID, codes: codes, into: &actions) }
  }

  /// The owner answers an UNSUBSCRIBE.
  mutating func answerUnsubscribe(_ packetID: UInt16, _ codes: UInt8...) {
    let codes = codes.map(ReasonCode.init(rawValue:))
    tell { session, _, actions in session.unsubscribed(packetID, codes: codes, into: &actions) }
  }

  /// There is a message for the device.
  mutating func deliver(_ deliveries: SessionDelivery...) {
    for delivery in deliveries {
      tell { session, now, actions in session.deliver(delivery, now: now, into: &actions) }
    }
  }

  /// The connection takes more bytes, or no more.
  mutating func setWritable(_ isWritable: Bool) {
    tell { session, now, actions in session.setWritable(isWritable, now: now, into: &actions) }
  }

  /// The owner lets the session send more of what waits.
  mutating func sendNext() {
    tell { session, now, actions in session.sendNext(now: now, into: &actions) }
  }

  /// The connection is lost: what a later one goes on with.
  mutating func takeRemains() -> SessionState {
    deviceCloses(clean: false)
    var remains = SessionState()
    tell { session, _, _ in remains = session.takeRemains() }
    _ = takeActions()
    return remains
  }
}
