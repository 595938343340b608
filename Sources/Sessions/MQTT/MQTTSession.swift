import Model

/// An MQTT 3.1.1 device: it publishes, and gets its PUBACK when the message is settled.
struct MQTTSession: ByteSession {
  let settings: SessionSettings
  var input = SessionInput()
  var isClosed = false
  private var acknowledgements = AcknowledgementQueue()
  private var isConnected = false
  private var keepAlive: UInt16 = 0

  /// Waits for the CONNECT.
  init(settings: SessionSettings) {
    self.settings = settings
  }

  var unsettled: Int { acknowledgements.count }

  /// One and a half times the keep-alive; 0 turns it off [MQTT-3.1.2-24].
  var patience: Duration? {
    if !isConnected { return settings.limits.connectTimeout }
    return keepAlive == 0 ? nil : .milliseconds(1_500 * Int(keepAlive))
  }

  mutating func expired(into actions: inout [SessionAction]) {
    fail(
      isConnected ? .keepAliveExpired(seconds: keepAlive) : .connectMissing(settings.limits.connectTimeout),
      into: &actions)
  }

  mutating func settled(_ token: PublishToken, into actions: inout [SessionAction]) -> Bool {
    let ready = acknowledgements.settle(token)
    guard !ready.isEmpty else { return false }
    actions.append(.send(MQTTReply.puback(ready)))
    return resume(into: &actions)
  }

  mutating func consume(_ bytes: Span<UInt8>, searched: Int, into actions: inout [SessionAction]) -> Int {
    var position = 0
    do throws(SessionError) {
      while mayConsume,
        let header = try FixedHeader.read(bytes, from: position, limit: settings.limits.maximumPacketBytes)
      {
        // [MQTT-3.1.0-1]: the first packet is a CONNECT. There is no need to wait for the rest of another.
        guard isConnected || header.kind == .connect else { throw .packetUnexpected(header.kind) }
        guard header.body.upperBound <= bytes.count else { break }
        try handle(MQTTPacket(header, of: bytes, limits: settings.limits), into: &actions)
        position = header.body.upperBound
      }
    } catch {
      fail(error, into: &actions)
    }
    return position
  }

  mutating func finish(leftover: [UInt8], clean: Bool, into actions: inout [SessionAction]) {
    end(
      SessionEnd(reason: .disconnected, text: "the device closed the connection without a DISCONNECT"), into: &actions)
  }

  private mutating func handle(_ packet: MQTTPacket, into actions: inout [SessionAction]) throws(SessionError) {
    switch packet {
    case .connect(let connect): try open(connect, into: &actions)
    case .publish(let publish): try accept(publish, into: &actions)
    case .subscribe(let subscribe):
      actions.append(.send(MQTTReply.subscriptionsRefused(subscribe.packetID, count: subscribe.filters.count)))
    case .unsubscribe(let unsubscribe): actions.append(.send(MQTTReply.unsuback(unsubscribe.packetID)))
    case .pingreq: actions.append(.send(MQTTReply.pingresp))
    case .disconnect: end(SessionEnd(reason: .disconnected, text: "the device said DISCONNECT"), into: &actions)
    }
  }

  /// Accepts `connect`. Clean session 0 is accepted with session present 0: without subscriptions there is no state
  /// that could outlive the connection [MQTT-3.2.2-3].
  private mutating func open(_ connect: ConnectPacket, into actions: inout [SessionAction]) throws(SessionError) {
    guard !isConnected else { throw .connectRepeated }
    guard connect.will == nil else { throw .willUnsupported }
    isConnected = true
    keepAlive = connect.keepAlive
    actions.append(.send(MQTTReply.accepted))
    actions.append(
      .opened(
        SessionOpening(
          deviceProtocol: .mqtt, clientID: connect.clientID.isEmpty ? nil : connect.clientID,
          keepAlive: keepAlive == 0 ? nil : .seconds(Int(keepAlive)))))
  }

  private mutating func accept(_ publish: PublishPacket, into actions: inout [SessionAction]) throws(SessionError) {
    guard publish.qos != .exactlyOnce else { throw .qosUnsupported }
    var token: PublishToken?
    if let packetID = publish.packetID {
      if acknowledgements.contains(packetID) {
        // The PUBACK to come answers a repetition as well; anything new needs an identifier of its own.
        guard publish.duplicate else { throw .packetIDInUse(packetID) }
        return
      }
      token = acknowledgements.append(packetID)
    }
    actions.append(
      .publish(
        SessionPublish(
          topic: publish.topic, payload: publish.payload, qos: publish.qos, retain: publish.retain, token: token)))
  }

  private mutating func fail(_ error: SessionError, into actions: inout [SessionAction]) {
    if let refusal = MQTTReply.refusal(error) { actions.append(.send(refusal)) }
    end(SessionEnd(error), into: &actions)
  }
}
