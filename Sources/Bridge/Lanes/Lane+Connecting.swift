import Model

// From no connection to a connection and back.
extension Lane {
  /// Takes the next step towards a connection, if its time has come.
  func advance(_ now: ContinuousClock.Instant) {
    switch state {
    case .pausing(let since, let until):
      // When one lane finds a broker, the others need not wait; once each, or one that is not let in would never pause.
      if now >= until || context.foundBroker.map({ $0 > since }) ?? false { attempt(now) }
    case .connecting(let connector, let broker, let deadline):
      if let result = connector.result() {
        greet(result, broker, deadline)
      } else if now >= deadline {
        // The thread that waits has the client for itself.
        resignWindow()
        attemptFailed(at: broker, "no connection within \(context.settings.connectTimeout)")
      }
    case .greeting(_, let broker, let deadline):
      if now >= deadline { attemptFailed(at: broker, "no answer within \(context.settings.connectTimeout)") }
    case .connected, .leaving, .ended: break
    }
  }

  /// Tries the next broker, beginning with the one that the other lanes use.
  private func attempt(_ now: ContinuousClock.Instant) {
    let settings = context.settings
    let broker = (context.brokerInUse + failedAttempts) % settings.brokers.count
    let address = settings.brokers[broker]
    // Another broker knows nothing of what is under way.
    if let windowOwner, windowOwner.broker != broker { resignWindow() }
    let (id, will) = ("\(settings.clientID)-\(index)", index == 0 ? settings.status?.will : nil)
    let version = context.version(of: broker)
    let connector = Connector(wakeUp: context.wakeUp) { [known = windowOwner?.client] () throws(BridgeError) in
      let client =
        if let known { known } else {
          try MosquittoClient(id: id, window: settings.window, will: will, broker: address, version: version)
        }
      try client.connect(to: address, keepAlive: settings.keepAlive)
      return client
    }
    state = .connecting(connector, broker: broker, deadline: now + settings.connectTimeout)
  }

  private func greet(
    _ result: Result<MosquittoClient, BridgeError>, _ broker: Int, _ deadline: ContinuousClock.Instant
  ) {
    switch result {
    case .success(let client):
      state = .greeting(client, broker: broker, deadline: deadline)
      handle(client.write(), of: client)
    case .failure(let error): attemptFailed(at: broker, error.description)
    }
  }

  /// Goes on with the next broker, or pauses when each has failed.
  private func attemptFailed(at broker: Int, _ reason: String) {
    context.log.attemptFailed(at: context.settings.brokers[broker], lane: index, reason: reason)
    failedAttempts += 1
    if failedAttempts < context.settings.brokers.count {
      attempt(.now)
    } else {
      pause(reason)
    }
  }

  private func pause(_ reason: String) {
    failedAttempts = 0
    let pause = backoff.pause()
    state = .pausing(since: .now, until: .now + pause)
    context.log.disconnected(lane: index, reason: reason, retryIn: pause)
    context.tell(.disconnected(lane: index, reason: reason, retryIn: pause))
  }

  /// The broker has let us in.
  func opened(_ session: BrokerSession) {
    guard case .greeting(let client, let broker, _) = state, takeUp(session, of: client) else { return }
    state = .connected(client, broker: broker, since: .now)
    windowOwner = WindowOwner(client: client, broker: broker)
    allowed = max(1, min(context.settings.window, session.receiveMaximum))
    limitWindow()
    failedAttempts = 0
    context.laneConnected(to: broker)
    if hasConnected { context.counts.reconnects += 1 }
    hasConnected = true
    let address = context.settings.brokers[broker]
    context.log.connected(to: address, lane: index, window: allowed)
    context.tell(.connected(broker: address, lane: index))
    if index == 0, let status = context.settings.status { publishStatus(status.message(status.online), client) }
  }

  /// The connection has ended: what was under way stays with the client, which sends it again on the next one.
  func closed(_ reason: String) {
    switch state {
    case .greeting(let client, let broker, _):
      guard client.isVersionRefused else { return attemptFailed(at: broker, reason) }
      context.refusesVersion5(broker)
      attempt(.now)
    case .connected(_, let broker, let since):
      seekCulprit()
      downSince = .now
      store(before: .now)
      // A connection that ends soon, again and again, is no success: two gateways with one name throw each other out.
      if .now - since >= context.settings.reconnect.maximum { backoff.reset() }
      context.laneDisconnected(from: broker)
      pause(reason)
    case .leaving: state = .ended
    case .pausing, .connecting, .ended: break
    }
  }
}

// What was under way when a connection ended.
extension Lane {
  /// How often a session of an earlier run is thrown away before it is put up with.
  private static let mostFoundSessions = 3
  /// A connection that ends so soon after a message was sent may have ended because of it.
  private static let provocation = Duration.seconds(5)

  /// Whether broker and client agree on what is under way; else they begin anew with the next connection.
  private func takeUp(_ session: BrokerSession, of client: MosquittoClient) -> Bool {
    let isOwner = windowOwner?.client === client
    if isOwner, !session.isPresent, window.count > 0 {
      // What the client would send again belongs to a session that is no more [MQTT-3.2.2-5].
      context.log.sessionForgotten(lane: index)
      resignWindow()
    } else if !isOwner, session.isPresent, foundSessions < Self.mostFoundSessions {
      // An earlier run's: its packet identifiers may meet ours, and the broker would take new messages for old ones.
      foundSessions += 1
      client.disconnect(publishingWill: false)
      _ = client.write()
    } else {
      foundSessions = 0
      return true
    }
    state = .pausing(since: .now, until: .now)
    return false
  }

  /// Takes what is under way from the client, which is not used again: we send it, as new.
  func resignWindow() {
    windowOwner = nil
    takeBack(window.removeAll())
  }

  /// Sets the message aside that each connection ends with. While it is sought, messages are sent one at a time, by us.
  private func seekCulprit() {
    let underWay = window.messages
    if .now - lastPublish < Self.provocation, suspicion.provoked(underWay: underWay.count), let culprit = underWay.first
    {
      window.remove(culprit.sequence)
      context.settle(culprit, .dropped(.endsConnections))
      resignWindow()
    } else if suspicion.isolates {
      resignWindow()
    }
  }
}

extension StatusAnnouncement {
  /// What the broker publishes when the connection ends unannounced.
  var will: Message { message(offline) }

  func message(_ payload: [UInt8]) -> Message {
    Message(topic: topic, payload: payload, qos: .atLeastOnce, retain: true)
  }
}
