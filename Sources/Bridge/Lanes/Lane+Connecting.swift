import DequeModule
import Model

// From no connection to a connection and back.
extension Lane {
  /// Takes the next step towards a connection, if its time has come.
  func advance(_ now: ContinuousClock.Instant) {
    switch state {
    case .pausing(let until): if now >= until { attempt(now) }
    case .connecting(let connector, let broker, let deadline):
      if let result = connector.result() {
        greet(result, broker, deadline)
      } else if now >= deadline {
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
    let (id, will) = ("\(settings.clientID)-\(index)", index == 0 ? settings.status?.will : nil)
    let connector = Connector(wakeUp: context.wakeUp) { () throws(BridgeError) in
      let client = try MosquittoClient(id: id, window: settings.window, will: will, broker: address)
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
    state = .pausing(until: .now + pause)
    context.log.disconnected(lane: index, reason: reason, retryIn: pause)
    context.tell(.disconnected(lane: index, reason: reason, retryIn: pause))
  }

  /// The broker has let us in.
  func opened(receiveMaximum: Int) {
    guard case .greeting(let client, let broker, _) = state else { return }
    state = .connected(client, broker: broker, since: .now)
    allowed = max(1, min(context.settings.window, receiveMaximum))
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

  /// The connection has ended: what was under way goes back to the head of the queue.
  func closed(_ reason: String) {
    switch state {
    case .greeting(_, let broker, _): attemptFailed(at: broker, reason)
    case .connected(_, let broker, let since):
      queue.prepend(contentsOf: withoutCulprit(window.removeAll()))
      downSince = .now
      // A connection that ends soon, again and again, is no success: two gateways with one name throw each other out.
      if .now - since >= context.settings.reconnect.maximum { backoff.reset() }
      context.laneDisconnected(from: broker)
      pause(reason)
    case .leaving: state = .ended
    case .pausing, .connecting, .ended: break
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
