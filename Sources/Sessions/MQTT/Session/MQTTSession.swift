import Model

/// An MQTT device: it publishes and gets its acknowledgements when messages are settled, it subscribes, and it is sent what
/// its owner delivers.
struct MQTTSession: ByteSession {
  let settings: SessionSettings
  var input = SessionInput()
  var isClosed = false
  /// How far it has come.
  private(set) var stage = Stage.greeting
  private(set) var version = MQTTVersion.v3
  var inbound = InboundFlow()
  var outbound = OutboundFlow()
  var inboundAliases = InboundTopicAliases()
  var outboundAliases = OutboundTopicAliases()
  /// The topic of the last PUBLISH, which the next one mostly repeats.
  var lastTopic: Topic?
  /// Whether the connection takes more bytes.
  var isWritable = true
  /// What the device can take at once, in messages and in bytes of a packet.
  private(set) var receiveMaximum = 0
  private(set) var maximumPacketSize = Int.max
  private var keepAlive: UInt16 = 0
  private var endsWithConnection = false
  /// How many SUBSCRIBEs and UNSUBSCRIBEs are not answered; with too many the device is not read.
  private var openRequests = 0
  private static let mostOpenRequests = 10

  enum Stage {
    /// CONNECT has not come.
    case greeting
    /// The owner looks whether the device may come in.
    case admitting
    case connected
  }

  /// Waits for the CONNECT.
  init(settings: SessionSettings) {
    self.settings = settings
  }

  var unsettled: Int { inbound.waiting.count }

  /// A 5.0 device knows how much it may send, so one message more is read, to tell it that it was too much.
  var window: Int { max(1, settings.limits.maximumUnsettled) + (version == .v5 ? 1 : 0) }

  /// What the device says before it has been let in has to wait.
  var isHeld: Bool { isAdmitting || openRequests >= Self.mostOpenRequests }

  /// Whether the owner looks if the device may come in.
  var isAdmitting: Bool { if case .admitting = stage { true } else { false } }

  /// One and a half times the keep-alive; 0 turns it off [MQTT-3.1.2-22] [MQTT-3.1.2-24].
  var patience: Duration? {
    switch stage {
    case .greeting, .admitting: settings.limits.connectTimeout
    case .connected: keepAlive == 0 ? nil : .milliseconds(1_500 * Int(keepAlive))
    }
  }

  /// What a later connection goes on with.
  var state: SessionState {
    var state = SessionState()
    (state.inbound, state.outbound) = (inbound, outbound)
    return state
  }

  // MARK: What the device says

  mutating func consume(_ bytes: Span<UInt8>, searched: Int, into actions: inout [SessionAction]) -> Int {
    var position = 0
    do throws(SessionError) {
      while mayConsume,
        let header = try FixedHeader.read(bytes, from: position, limit: settings.limits.maximumPacketBytes)
      {
        // [MQTT-3.1.0-1]: the first packet is a CONNECT. There is no need to wait for the rest of another.
        if case .greeting = stage, header.kind != .connect { throw .packetUnexpected(header.kind) }
        guard header.body.upperBound <= bytes.count else { break }
        try handle(header, of: bytes, into: &actions)
        position = header.body.upperBound
      }
    } catch {
      fail(error, into: &actions)
    }
    return position
  }

  private mutating func handle(
    _ header: FixedHeader, of bytes: Span<UInt8>, into actions: inout [SessionAction]
  ) throws(SessionError) {
    switch stage {
    case .greeting, .admitting:
      // So that a CONNECT that cannot be taken is refused in its own version.
      version = ConnectPacket.versionShown(in: bytes, header) ?? .v3
      greet(try ConnectPacket(header, of: bytes, limits: settings.limits), into: &actions)
    case .connected:
      let packet = try MQTTPacket(header, of: bytes, version, limits: settings.limits, last: lastTopic)
      try handle(packet, into: &actions)
    }
  }

  private mutating func handle(_ packet: MQTTPacket, into actions: inout [SessionAction]) throws(SessionError) {
    switch packet {
    case .publish(let publish): try accept(publish, into: &actions)
    case .pubrel(let pubrel):
      let reason: ReasonCode = inbound.release(pubrel.packetID) ? .success : .packetIdentifierNotFound
      actions.append(.send(MQTTReply.acknowledgement(.pubcomp, pubrel.packetID, reason, version)))
    case .puback(let puback): finish(puback.packetID, isExactlyOnce: false, into: &actions)
    case .pubrec(let pubrec): received(pubrec, into: &actions)
    case .pubcomp(let pubcomp): finish(pubcomp.packetID, isExactlyOnce: true, into: &actions)
    case .subscribe(let subscribe):
      try checkCount(subscribe.requests.count)
      openRequests += 1
      actions.append(
        .subscribe(
          SessionSubscribe(
            packetID: subscribe.packetID, requests: subscribe.requests, identifier: subscribe.identifier)))
    case .unsubscribe(let unsubscribe):
      try checkCount(unsubscribe.filters.count)
      openRequests += 1
      actions.append(
        .unsubscribe(SessionUnsubscribe(packetID: unsubscribe.packetID, filters: unsubscribe.filters)))
    case .pingreq: actions.append(.send(MQTTReply.pingresp))
    case .disconnect(let disconnect): try leave(disconnect, into: &actions)
    }
  }

  private func checkCount(_ count: Int) throws(SessionError) {
    let limit = settings.limits.maximumFilters
    guard count <= limit else { throw .filtersTooMany(count: count, limit: limit) }
  }

  private mutating func accept(_ publish: PublishPacket, into actions: inout [SessionAction]) throws(SessionError) {
    let topic = try inboundAliases.resolve(
      publish.topic, alias: publish.topicAlias, limit: settings.limits.maximumTopicAliases)
    lastTopic = topic
    var token: PublishToken?
    if let packetID = publish.packetID {
      let isExactlyOnce = publish.qos == .exactlyOnce
      switch inbound.arrived(packetID, isExactlyOnce: isExactlyOnce, duplicate: publish.duplicate) {
      case .new(let new):
        let limit = max(1, settings.limits.maximumUnsettled)
        guard version == .v3 || inbound.count <= limit else {
          // Nobody will say what became of it.
          _ = inbound.settle(new, reason: .receiveMaximumExceeded, version)
          throw .receiveMaximumExceeded(limit: limit)
        }
        token = new
      case .known: return
      case .answered: return actions.append(.send(MQTTReply.acknowledgement(.pubrec, packetID, .success, version)))
      case .inUse: throw .packetIDInUse(packetID)
      }
    }
    actions.append(
      .publish(
        SessionPublish(
          topic: topic, payload: publish.payload, qos: publish.qos, retain: publish.retain,
          properties: publish.properties, token: token)))
  }

  private mutating func leave(
    _ disconnect: DisconnectPacket, into actions: inout [SessionAction]
  ) throws(SessionError) {
    if endsWithConnection, disconnect.sessionExpiryInterval ?? 0 > 0 { throw .sessionExpiryRaised }
    var end = SessionEnd(reason: .disconnected, text: "the device said DISCONNECT")
    end.discardsWill = disconnect.reason == .success
    end.sessionExpiryInterval = disconnect.sessionExpiryInterval
    self.end(end, into: &actions)
  }

  // MARK: The beginning

  private mutating func greet(_ connect: ConnectPacket, into actions: inout [SessionAction]) {
    stage = .admitting
    keepAlive = connect.keepAlive
    let properties = connect.properties
    let expiry = version == .v5 ? properties.sessionExpiryInterval ?? 0 : connect.cleanStart ? 0 : UInt32.max
    endsWithConnection = expiry == 0
    receiveMaximum = min(Int(properties.receiveMaximum ?? .max), max(1, settings.limits.maximumInFlight))
    maximumPacketSize = properties.maximumPacketSize.map(Int.init) ?? .max
    outboundAliases.limit = min(Int(properties.topicAliasMaximum ?? 0), settings.limits.maximumTopicAliases)
    actions.append(
      .opened(
        SessionOpening(
          deviceProtocol: .mqtt, clientID: connect.clientID.isEmpty ? nil : connect.clientID,
          keepAlive: keepAlive == 0 ? nil : .seconds(Int(keepAlive)),
          connect: SessionConnect(
            version: version, cleanStart: connect.cleanStart, sessionExpiryInterval: expiry, will: connect.will))))
  }

  /// The owner lets the device in. Returns whether the silence of the device counts from now.
  mutating func accept(
    _ acceptance: SessionAcceptance, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) -> Bool {
    guard case .admitting = stage else { return false }
    stage = .connected
    keepAlive = acceptance.serverKeepAlive ?? keepAlive
    (inbound, outbound) = (acceptance.state.inbound, acceptance.state.outbound)
    inbound.connectionEnded()
    outbound.connectionBegins()
    answer(MQTTReply.accepted(acceptance, version, settings.limits), into: &actions)
    guard !isClosed else { return false }
    let resumes = resume(into: &actions)
    pump(now, into: &actions)
    return resumes
  }

  /// The owner does not.
  mutating func refuse(_ reason: ReasonCode, _ end: SessionEnd, into actions: inout [SessionAction]) {
    sayRefused(reason, end.text, into: &actions)
    self.end(end, into: &actions)
  }

  // MARK: Answers

  mutating func settled(
    _ token: PublishToken, _ outcome: PublishOutcome, into actions: inout [SessionAction]
  ) -> Bool {
    let reason: ReasonCode =
      switch outcome {
      case .accepted: .success
      case .rejected(let reason): reason
      }
    let answers = inbound.settle(token, reason: reason, version)
    guard !answers.isEmpty else { return false }
    actions.append(
      .send(
        answers.flatMap { answer in
          MQTTReply.acknowledgement(
            answer.isExactlyOnce ? .pubrec : .puback, answer.packetID, answer.reason, version)
        }))
    return resume(into: &actions)
  }

  mutating func subscribed(_ packetID: UInt16, _ codes: [ReasonCode], into actions: inout [SessionAction]) {
    answer(MQTTReply.suback(packetID, codes, version), into: &actions)
    openRequests -= 1
    _ = resume(into: &actions)
  }

  mutating func unsubscribed(_ packetID: UInt16, _ codes: [ReasonCode], into actions: inout [SessionAction]) {
    answer(MQTTReply.unsuback(packetID, codes, version), into: &actions)
    openRequests -= 1
    _ = resume(into: &actions)
  }

  /// Sends an answer that may be larger than the device takes [MQTT-3.1.2-24].
  private mutating func answer(_ packet: [UInt8], into actions: inout [SessionAction]) {
    guard packet.count > maximumPacketSize else { return actions.append(.send(packet)) }
    end(
      SessionEnd(
        reason: .protocolError, text: "the device takes \(maximumPacketSize) bytes, and its answer has \(packet.count)"),
      into: &actions)
  }

  // MARK: The end

  mutating func expired(into actions: inout [SessionAction]) {
    switch stage {
    case .greeting: fail(.connectMissing(settings.limits.connectTimeout), into: &actions)
    case .admitting:
      let end = SessionEnd(
        reason: .timeout, text: "the session could not be had within \(settings.limits.connectTimeout)")
      refuse(.serverUnavailable, end, into: &actions)
    case .connected: fail(.keepAliveExpired(seconds: keepAlive), into: &actions)
    }
  }

  mutating func finish(leftover: [UInt8], clean: Bool, into actions: inout [SessionAction]) {
    end(
      SessionEnd(reason: .disconnected, text: "the device closed the connection without a DISCONNECT"), into: &actions)
  }

  /// The gateway closes the session: a 5.0 device is told why [MQTT-3.14.0-1].
  mutating func close(_ end: SessionEnd, into actions: inout [SessionAction]) {
    switch stage {
    case .greeting: break
    case .admitting: sayRefused(end.reason.refusalCode, end.text, into: &actions)
    case .connected: tell(end.reason.reasonCode, end.text, into: &actions)
    }
    self.end(end, into: &actions)
  }

  private mutating func fail(_ error: SessionError, into actions: inout [SessionAction]) {
    switch stage {
    case .greeting where version == .v5 || error.isAnsweredInVersion3:
      actions.append(.send(MQTTReply.refused(error.reasonCode, error.description, refusalVersion(of: error))))
    case .greeting, .admitting: break
    case .connected: tell(error.reasonCode, error.description, into: &actions)
    }
    end(SessionEnd(error), into: &actions)
  }

  /// A version that is not offered is refused in the form of the newest one that there is for it: 3.1.1 up to level 4.
  private func refusalVersion(of error: SessionError) -> MQTTVersion {
    if case .protocolLevelUnsupported(let level) = error {
      level > MQTTVersion.v5.rawValue && level < 0x80 ? .v5 : .v3
    } else {
      version
    }
  }

  // Both leave the reason string out where it would make the packet too large [MQTT-3.2.2-19] [MQTT-3.14.2-3]. Texts are
  // allowed in these two packets whatever Request Problem Information says [MQTT-3.1.2-29].

  private func sayRefused(_ reason: ReasonCode, _ text: String, into actions: inout [SessionAction]) {
    let packet = MQTTReply.refused(reason, text, version)
    let fits = packet.count <= maximumPacketSize
    actions.append(.send(fits ? packet : MQTTReply.refused(reason, nil, version)))
  }

  private func tell(_ reason: ReasonCode, _ text: String, into actions: inout [SessionAction]) {
    guard version == .v5 else { return }
    let packet = MQTTReply.disconnect(reason, text)
    let fits = packet.count <= maximumPacketSize
    actions.append(.send(fits ? packet : MQTTReply.disconnect(reason, nil)))
  }
}
