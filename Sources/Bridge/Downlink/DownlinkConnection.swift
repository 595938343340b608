import Platform

/// One connection for what comes from the broker; it belongs to the downlink's thread.
final class DownlinkConnection {
  private let settings: DownlinkSettings
  private let id: String
  private let sessionExpiry: UInt32
  private let wakeUp: WakeUp
  private let log: BridgeLog
  private var state = State.pausing(until: .now)
  private var backoff: Backoff
  private var failedAttempts = 0
  /// The broker that was connected last.
  private var broker = 0
  /// The brokers that know MQTT 3.1.1 alone.
  private var oldBrokers: Set<Int> = []
  /// The client of the last connection: it knows which messages of QoS 2 have come already.
  private var known: (client: MosquittoClient, broker: Int)?

  private enum State {
    case pausing(until: ContinuousClock.Instant)
    case connecting(Connector, deadline: ContinuousClock.Instant)
    case greeting(MosquittoClient, deadline: ContinuousClock.Instant)
    case connected(MosquittoClient, since: ContinuousClock.Instant)
    case ended
  }

  init(_ settings: DownlinkSettings, id: String, sessionExpiry: UInt32, _ wakeUp: WakeUp, _ log: BridgeLog) {
    self.settings = settings
    self.id = id
    self.sessionExpiry = sessionExpiry
    self.wakeUp = wakeUp
    self.log = log
    backoff = Backoff(settings.reconnect)
  }

  /// What has happened to it.
  enum News {
    case connected(isSessionPresent: Bool)
    case disconnected
    case event(MosquittoEvent)
  }

  /// The client that has a socket to wait on.
  var client: MosquittoClient? {
    switch state {
    case .greeting(let client, _), .connected(let client, _): client
    case .pausing, .connecting, .ended: nil
    }
  }

  /// The client that messages flow over.
  var connected: MosquittoClient? { if case .connected(let client, _) = state { client } else { nil } }

  /// When ``advance(_:)`` must be called again at the latest.
  var deadline: ContinuousClock.Instant? {
    switch state {
    case .pausing(let until): until
    case .connecting(_, let deadline), .greeting(_, let deadline): deadline
    case .connected, .ended: nil
    }
  }

  /// Takes the next step towards a connection, if its time has come.
  func advance(_ now: ContinuousClock.Instant) {
    switch state {
    case .pausing(let until): if now >= until { attempt(now) }
    case .connecting(let connector, let deadline):
      switch connector.result() {
      case .success(let client)?:
        state = .greeting(client, deadline: deadline)
        _ = client.write()
      case .failure(let error)?: failed(error.description)
      case nil:
        guard now >= deadline else { return }
        known = nil
        failed("no connection within \(settings.connectTimeout)")
      }
    case .greeting(_, let deadline): if now >= deadline { failed("no answer within \(settings.connectTimeout)") }
    case .connected, .ended: break
    }
  }

  /// Reads what has come, up to about `limit` messages.
  func read(limit: Int) -> [News] {
    guard let client else { return [] }
    var news: [News] = []
    while news.count < limit {
      let state = client.read()
      let events = client.takeEvents()
      news += events.flatMap(take)
      if case .closed(let reason) = state { return news + closed(reason) }
      if events.isEmpty { break }
    }
    return news
  }

  /// Writes what is queued.
  func write() -> [News] {
    guard let client else { return [] }
    let state = client.write()
    var news = client.takeEvents().flatMap(take)
    if case .closed(let reason) = state { news += closed(reason) }
    return news
  }

  /// Looks after a connection that nothing happens to.
  func tick() -> [News] {
    guard let client else { return [] }
    if case .closed(let reason) = client.keepAlive() { return closed(reason) }
    return []
  }

  /// Ends the connection; the broker keeps the session.
  func end() {
    if let client = connected {
      client.disconnect(keepingSession: sessionExpiry)
      _ = client.write()
    }
    state = .ended
  }

  private func take(_ event: MosquittoEvent) -> [News] {
    guard case .connected(let session) = event else { return [.event(event)] }
    guard case .greeting(let client, _) = state else { return [] }
    state = .connected(client, since: .now)
    // Where the broker keeps nothing, a client that does would wait for what never comes.
    known = sessionExpiry > 0 ? (client, broker) : nil
    failedAttempts = 0
    log.downlinkConnected(to: settings.brokers[broker], id: id)
    return [.connected(isSessionPresent: session.isPresent)]
  }

  private func attempt(_ now: ContinuousClock.Instant) {
    broker = (broker + (failedAttempts > 0 ? 1 : 0)) % settings.brokers.count
    let (id, expiry, address, keepAlive) = (id, sessionExpiry, settings.brokers[broker], settings.keepAlive)
    let known = known?.broker == broker ? known?.client : nil
    let version: BrokerVersion = oldBrokers.contains(broker) ? .v3 : .v5
    let connector = Connector(wakeUp: wakeUp) { () throws(BridgeError) in
      let client =
        if let known { known } else {
          try MosquittoClient(
            id: id, window: 20, will: nil, broker: address, version: version,
            sessionExpiry: expiry)
        }
      try client.connect(to: address, keepAlive: keepAlive)
      return client
    }
    state = .connecting(connector, deadline: now + settings.connectTimeout)
  }

  private func failed(_ reason: String) {
    log.attemptFailed(at: settings.brokers[broker], lane: -1, reason: reason)
    failedAttempts += 1
    let pause = failedAttempts < settings.brokers.count ? .zero : backoff.pause()
    state = .pausing(until: .now + pause)
  }

  private func closed(_ reason: String) -> [News] {
    switch state {
    case .greeting(let client, _):
      guard client.isVersionRefused else {
        failed(reason)
        return []
      }
      oldBrokers.insert(broker)
      attempt(.now)
    case .connected(_, let since):
      if .now - since >= settings.reconnect.maximum { backoff.reset() }
      let pause = backoff.pause()
      log.downlinkDisconnected(id: id, reason: reason, retryIn: pause)
      state = .pausing(until: .now + pause)
      return [.disconnected]
    case .pausing, .connecting, .ended: break
    }
    return []
  }
}
