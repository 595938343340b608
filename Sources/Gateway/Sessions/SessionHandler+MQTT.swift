import Devices
import Model
import Routing
import Sessions

/// What a connection knows of its MQTT session.
struct SessionAttachment {
  let clientID: String
  let version: MQTTVersion
  /// Whether the session outlives the connection.
  let isKept: Bool
  /// The event loop that has the session.
  let home: SessionLoop.Handle
  /// Which session; nil until the device is let in.
  var number: UInt64?
  /// What its messages are marked with, while it has a subscription that is not to bring them back.
  var originMark: MessageProperty?
}

// The way between a connection and its session, which may be on another event loop.
extension SessionHandler {
  /// Asks for the session of the device's client id.
  func attach(_ connect: SessionConnect, _ opening: SessionOpening) {
    guard let home = loop.shared.switchboard.home(of: device) else {
      return refuse(.serverUnavailable, "the gateway is not ready")
    }
    let clientID = opening.clientID ?? "gateway-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    let rules = loop.shared.rules
    let expiry = min(connect.sessionExpiryInterval, rules.maximumExpiry)
    let port = ConnectionPort(loop: SessionLoop.Handle(loop), connection: connection)
    if let will = connect.will, will.message.payload.count > payloadLimit {
      return refuse(.quotaExceeded, "\(GatewayError.payloadTooLarge(limit: payloadLimit))")
    }
    let request = AttachRequest(
      device: device, policy: admitted.device.sessions, clientID: clientID, cleanStart: connect.cleanStart,
      expiryInterval: expiry, will: connect.will, connection: port)
    attachment = SessionAttachment(clientID: clientID, version: connect.version, isKept: expiry > 0, home: home)
    home.run { $0.shard.attach(request) { handler, reply in handler.attached(reply, connect, opening) } }
  }

  /// The session is ours, or cannot be had.
  private func attached(_ reply: AttachReply, _ connect: SessionConnect, _ opening: SessionOpening) {
    let attached: AttachedSession
    switch reply {
    case .attached(let session): attached = session
    case .unavailable: return refuse(.serverUnavailable, "the session cannot be put on disk now")
    case .willRefused: return refuse(.notAuthorized, "the device may not publish where its will says")
    }
    attachment?.number = attached.number
    replyTopics = attached.replyTopics
    mark(attached.marksOrigin)
    let rules = loop.shared.rules
    var acceptance = SessionAcceptance(isPresent: attached.isPresent, state: attached.state)
    acceptance.assignedClientID = opening.clientID == nil ? attachment?.clientID : nil
    if connect.sessionExpiryInterval > rules.maximumExpiry { acceptance.sessionExpiryInterval = rules.maximumExpiry }
    let keepAlive = Int(opening.keepAlive?.components.seconds ?? 0)
    if connect.version == .v5, rules.maximumKeepAlive > 0, keepAlive == 0 || keepAlive > rules.maximumKeepAlive {
      acceptance.serverKeepAlive = UInt16(clamping: rules.maximumKeepAlive)
    }
    drive { session, actions in session.accept(acceptance, now: .now, into: &actions) }
    flush()
  }

  private func mark(_ marksOrigin: Bool) {
    guard let number = attachment?.number else { return }
    attachment?.originMark = marksOrigin ? loop.shared.switchboard.origin.property(for: number) : nil
  }

  /// Gives the session back, once every message of QoS 2 that the device has sent has found its end: only then it is known
  /// which of them are not to be passed on again.
  func detach(_ end: SessionEnd, _ remains: SessionState) {
    guard let attachment else { return }
    self.attachment = nil
    loop.leave(
      LeavingSession(
        attachment, device: device, connection: connection, end: end,
        remains: SessionRemains(state: remains, replyTopics: replyTopics)))
  }

  /// Messages for the device.
  func deliver(_ deliveries: [SessionDelivery]) {
    for delivery in deliveries {
      replyTopics.allow(delivery.message, sequence: delivery.sequence)
      drive { session, actions in session.deliver(delivery, now: .now, into: &actions) }
    }
    flush()
  }

  /// Asks for subscriptions.
  func subscribe(_ subscribe: SessionSubscribe) {
    guard let attachment, let number = attachment.number else { return }
    let orders = subscribe.requests.map { SubscriptionOrder(request: $0, identifier: subscribe.identifier) }
    // Before the answer: what it publishes from now on must not come back.
    if orders.contains(where: \.request.noLocal) { mark(true) }
    attachment.home.run { loop in
      loop.shard.subscribe(number, orders) { handler, codes in handler.subscribed(subscribe, codes) }
    }
  }

  private func subscribed(_ subscribe: SessionSubscribe, _ codes: [ReasonCode]) {
    let granted = zip(subscribe.requests, codes).map { request, code in
      code.isFailure ? code : ReasonCode(rawValue: request.qos.rawValue)
    }
    drive { session, actions in session.subscribed(subscribe.packetID, codes: granted, into: &actions) }
    flush()
  }

  /// Gives subscriptions up.
  func unsubscribe(_ unsubscribe: SessionUnsubscribe) {
    guard let attachment, let number = attachment.number else { return }
    let port = ConnectionPort(loop: SessionLoop.Handle(loop), connection: connection)
    attachment.home.run { loop in
      let codes = loop.shard.unsubscribe(number, unsubscribe.filters)
      port.tell { handler in
        handler.drive { session, actions in
          session.unsubscribed(unsubscribe.packetID, codes: codes, into: &actions)
        }
        handler.flush()
      }
    }
  }
}
