import Bridge
import Devices
import FoundationEssentials
import Model
import NIOCore
import Routing
import SecureServer
import Sessions

/// One device's session on its channel: plaintext in, the session's actions done, in their order.
final class SessionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let admitted: Admitted
  let loop: SessionLoop
  private let channelInfo: SecureChannelInfo
  /// Which messages its messages stay in order with: a number for its device.
  let lane: LaneKey
  private(set) var payloadLimit: Int
  private var session: DeviceSession
  /// What the session said when it began, before there was a channel.
  private var firstActions: [SessionAction] = []
  private var context: ChannelHandlerContext?
  /// How the device is connected; nil until its protocol is known.
  private var opening: SessionOpening?
  /// Where what it says goes, worked out when it begins to speak.
  private(set) var route: DeviceRoute?
  /// The last topic that the device has published to, and where that is: the next message mostly goes there too.
  private var lastTarget: (topic: Topic, target: Topic)?
  /// Its MQTT session at home, if it speaks MQTT.
  var attachment: SessionAttachment?
  /// Where it may answer commands.
  var replyTopics = ReplyTopics()
  private var end: SessionEnd?
  private var isDraining = false
  /// Whether the session wants no more bytes for now.
  private var isPaused = false
  /// Whether something was written and not flushed.
  private var isUnflushed = false
  /// Whether more of what waits is sent in the loop's next turn.
  private var isSendScheduled = false
  /// Whether a read was asked for while none may be done.
  private var heldRead = false

  var connection: UInt64 { channelInfo.connection }
  var device: DeviceID { admitted.device.id }

  init(loop: SessionLoop, channel: SecureChannelInfo, admitted: Admitted) {
    self.loop = loop
    self.admitted = admitted
    channelInfo = channel
    lane = LaneKey(admitted.device.id)
    payloadLimit = loop.shared.rules.payloadLimit(for: admitted.device)
    session = DeviceSession(
      settings: loop.shared.rules.sessionSettings(for: admitted.device), alpn: channel.tls.applicationProtocol,
      now: .now, into: &firstActions)
  }

  /// Whether the device may still be connected as it is.
  func isLive(in table: DeviceTable) -> Bool { table.isLive(admitted, channelInfo) }

  /// What the device may send, and where it goes, is from now on as its changed record says.
  func apply(_ device: Device) {
    payloadLimit = loop.shared.rules.payloadLimit(for: device)
    findRoute(for: device)
  }

  // MARK: The channel's life

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    loop.notes.put(.connected(DeviceConnection(admitted, channelInfo, since: .now)))
    loop.shared.log.deviceConnected(device, channelInfo)
    perform(firstActions)
    firstActions = []
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    drive { session, actions in session.received(bytes.readableBytesUInt8Span, now: .now, into: &actions) }
  }

  func channelReadComplete(context: ChannelHandlerContext) { flush() }

  /// Nothing to flush is the rule, and to find that out in the channel costs a thousand instructions.
  func flush() {
    guard isUnflushed else { return }
    isUnflushed = false
    context?.flush()
  }

  func read(context: ChannelHandlerContext) {
    if mayRead(context) { context.read() } else { heldRead = true }
  }

  /// A device that does not take its answers is not asked for more.
  private func mayRead(_ context: ChannelHandlerContext) -> Bool {
    !isPaused && !loop.isCongested && !isDraining && context.channel.isWritable
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    resumeReading()
    let isWritable = context.channel.isWritable
    drive { session, actions in session.setWritable(isWritable, now: .now, into: &actions) }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ChannelEvent.inputClosed: inputEnded(clean: true)
    case SecureChannelEvent.shouldQuiesce: drain()
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    inputEnded(clean: false)
    let end = end ?? SessionEnd(reason: .disconnected, text: "the connection was lost")
    loop.remove(connection)
    if opening != nil {
      // What the device said comes before the word that it is gone.
      loop.flush()
      loop.shared.presence.closed(self.seat, end.reason)
    }
    loop.notes.put(.disconnected(device, connection: connection, end, at: .now))
    loop.shared.log.deviceDisconnected(device, channelInfo, end)
    self.context = nil
  }

  // MARK: What the session hears

  /// The bridge says what became of a message.
  func settled(_ token: UInt64, _ delivery: Delivery) {
    guard let outcome = outcome(of: delivery) else { return }
    drive { session, actions in
      session.settled(PublishToken(sequence: token), outcome: outcome, now: .now, into: &actions)
    }
    flush()
    if isDraining { closeIfSettled() }
  }

  /// Nil where the device must not get an acknowledgement: it keeps the message, and sends it again.
  private func outcome(of delivery: Delivery) -> PublishOutcome? {
    switch delivery {
    case .acknowledged, .spooled: return .accepted
    case .rejected(let code): return .rejected(ReasonCode(rawValue: code))
    case .dropped(.unsendable): return .rejected(.unspecifiedError)
    case .dropped(.expired): return .accepted
    case .dropped(let why):
      close(.disconnected, "a message could not be taken: \(why)")
      return nil
    }
  }

  func expire(_ now: ContinuousClock.Instant) {
    // While we are the ones who don't read, silence is no fault of the device's.
    let isHeldByUs = heldRead && (isPaused || loop.isCongested || isDraining) && !session.isAdmitting
    guard !isHeldByUs, let deadline = session.deadline, deadline <= now else { return }
    drive { session, actions in session.expire(now: now, into: &actions) }
    flush()
  }

  func close(_ reason: OfflineReason, _ text: String) {
    drive { session, actions in session.close(SessionEnd(reason: reason, text: text), into: &actions) }
  }

  /// Reads again if a read was held and nothing stands in its way any more.
  func resumeReading() {
    guard heldRead, let context, mayRead(context) else { return }
    heldRead = false
    session.readingResumed(now: .now)
    context.read()
  }

  private func inputEnded(clean: Bool) {
    drive { session, actions in session.inputEnded(clean: clean, now: .now, into: &actions) }
  }

  private func drain() {
    isDraining = true
    closeIfSettled()
  }

  private func closeIfSettled() {
    if session.unsettled == 0 { close(.shutdown, "the gateway is stopping") }
  }

  func drive(_ body: (inout DeviceSession, inout [SessionAction]) -> Void) {
    guard end == nil else { return }
    loop.withActions { actions in
      body(&session, &actions)
      perform(actions)
    }
    if end == nil, session.hasNext { sendNextSoon() }
  }

  /// A long queue leaves in portions, so that the loop's other devices get their turn.
  private func sendNextSoon() {
    guard !isSendScheduled else { return }
    isSendScheduled = true
    let connection = connection
    SessionLoop.Handle(loop).run { $0.session(connection)?.sendNext() }
  }

  private func sendNext() {
    isSendScheduled = false
    drive { session, actions in session.sendNext(now: .now, into: &actions) }
    flush()
  }

  // MARK: What the session says

  private func perform(_ actions: [SessionAction]) {
    for action in actions {
      // Nothing comes after the end, not even what the session had said before it knew.
      guard end == nil else { return }
      switch action {
      case .send(let bytes):
        isUnflushed = true
        context?.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      case .opened(let opening): opened(opening)
      case .publish(let publish): submit(publish)
      case .subscribe(let subscribe): self.subscribe(subscribe)
      case .unsubscribe(let unsubscribe): self.unsubscribe(unsubscribe)
      case .finished(let sequence): loop.finish(sequence)
      case .dropped: loop.shared.metrics.countDroppedDown(1)
      case .pauseReading: isPaused = true
      case .resumeReading:
        isPaused = false
        resumeReading()
      case .close(let end): finish(end)
      }
    }
  }

  private func opened(_ opening: SessionOpening) {
    if route == nil { findRoute(for: admitted.device) }
    guard end == nil else { return }
    self.opening = opening
    let handle = SessionLoop.Handle(loop)
    let connection = connection
    let isSeated = loop.shared.presence.opened(seat, connected(opening)) {
      handle.run { $0.replaceSession(connection) }
    }
    guard isSeated else {
      return refuse(.quotaExceeded, "the device has all the sessions that it may have")
    }
    if let connect = opening.connect { attach(connect, opening) }
  }

  private func findRoute(for device: Device) {
    lastTarget = nil
    do {
      route = try loop.shared.rules.route(for: device)
    } catch {
      close(.disconnected, "what the device says has no place: \(error)")
    }
  }

  private func submit(_ publish: SessionPublish) {
    do {
      guard publish.payload.count <= payloadLimit else { throw GatewayError.payloadTooLarge(limit: payloadLimit) }
      guard let route else { throw GatewayError.internalError("a message before the session was opened") }
      let message = try message(publish, from: route)
      let receipt = publish.token.map { token in
        loop.receipt(token.sequence, of: connection, tellsRejection: attachment?.version == .v5)
      }
      loop.submit(Submission(message: message, lane: lane, receipt: receipt))
    } catch {
      loop.shared.metrics.countRefusedMessage()
      loop.shared.log.messageRefused(device, error)
      guard let token = publish.token else { return }
      // On the loop's next turn: the session is in the middle of something.
      let connection = connection
      let reason = (error as? RoutingError)?.reasonCode ?? .quotaExceeded
      SessionLoop.Handle(loop).run { $0.refused(token, reason, of: connection) }
    }
  }

  /// What the device says, as the broker gets it.
  ///
  /// - Throws: `RoutingError`.
  private func message(_ publish: SessionPublish, from route: DeviceRoute) throws(RoutingError) -> Message {
    guard let topic = publish.topic else {
      return try Router.message(
        to: nil, payload: publish.payload, qos: publish.qos, retain: publish.retain, from: route)
    }
    var properties = publish.properties.isEmpty ? [] : try Router.properties(publish.properties, from: route)
    if let mark = attachment?.originMark { properties.append(mark) }
    return Message(
      topic: try target(of: topic, from: route), payload: publish.payload, qos: publish.qos, retain: publish.retain,
      properties: properties)
  }

  private func target(of topic: Topic, from route: DeviceRoute) throws(RoutingError) -> Topic {
    if route.naming == .namespaced, !replyTopics.isEmpty, replyTopics.take(topic) { return topic }
    if let lastTarget, lastTarget.topic == topic { return lastTarget.target }
    let target = try Router.target(of: topic, from: route)
    lastTarget = (topic, target)
    return target
  }

  func refused(_ token: PublishToken, _ reason: ReasonCode) {
    drive { session, actions in session.settled(token, outcome: .rejected(reason), now: .now, into: &actions) }
    flush()
  }

  /// Does not let an MQTT device in; others have no word for it.
  func refuse(_ reason: ReasonCode, _ text: String) {
    let end = SessionEnd(reason: .disconnected, text: text)
    drive { session, actions in
      session.refuse(reason, end, into: &actions)
      session.close(end, into: &actions)
    }
  }

  private func finish(_ end: SessionEnd) {
    self.end = end
    // What the device said comes before its will.
    loop.flush()
    detach(end, session.takeRemains())
    flush()
    context?.close(promise: nil)
  }

  // MARK: Presence

  private var seat: PresenceDesk.Seat {
    PresenceDesk.Seat(
      device: device, connection: connection, clientID: opening?.clientID, policy: admitted.device.sessions)
  }

  /// Says once more that the device is online, after the broker was away.
  func announce() {
    guard let opening, end == nil else { return }
    loop.shared.presence.announceAgain(seat, connected(opening))
  }

  private func connected(_ opening: SessionOpening) -> Presence.Connection {
    Presence.Connection(
      address: channelInfo.peerAddress?.ipAddress ?? "", deviceProtocol: opening.deviceProtocol,
      tls: "\(channelInfo.tls.version)", cipher: channelInfo.tls.cipherSuite, identity: admitted.identity)
  }
}
