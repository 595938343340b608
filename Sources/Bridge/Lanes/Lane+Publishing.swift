import Model

// Messages: from the queue through the window to the broker's answer.
extension Lane {
  /// The most messages that one turn hands to libmosquitto, which writes them together.
  private static let batchLimit = 256
  /// The most payload bytes likewise.
  private static let batchBytes = 1 << 20

  func enqueue(_ message: UplinkMessage) {
    if mustBeStored(message) { return backlog.append(message) }
    live.append(message)
    liveLoad += message.load
    if message.isAtMostOnce { liveAtMostOnce += 1 }
  }

  /// Whether ``publishQueued()`` would send something now.
  var canPublish: Bool {
    guard case .connected(let client, _, _) = state, !client.wantsWrite else { return false }
    return next != nil
  }

  /// Hands one batch to libmosquitto and writes it. Nothing more is handed over before it has left, so that nothing piles
  /// up there.
  func publishQueued() {
    guard case .connected(let client, _, _) = state, canPublish else { return }
    var bytes = 0
    for _ in 0..<Self.batchLimit {
      guard bytes < Self.batchBytes, let (message, source) = next, publish(message, from: source, client) else { break }
      bytes += message.message.payload.count
    }
    lastPublish = .now
    handle(client.write(), of: client)
  }

  private enum Source {
    case live, backlog
  }

  /// The message that is to be sent now: the oldest. Only where what is live would have to wait behind an older backlog do
  /// they take turns; a device that has messages in the backlog has none in ``live`` that are newer.
  private var next: (UplinkMessage, Source)? {
    let fresh = live.first
    guard window.hasRoom else { return fresh.flatMap { $0.isAtMostOnce ? ($0, .live) : nil } }
    guard let stored = backlog.next else { return fresh.map { ($0, .live) } }
    guard let fresh, fresh.sequence < stored.sequence || !isBacklogsTurn else { return (stored, .backlog) }
    return (fresh, .live)
  }

  /// Whether `message` has left its queue.
  private func publish(_ message: UplinkMessage, from source: Source, _ client: MosquittoClient) -> Bool {
    guard let current = message.current else {
      remove(message, from: source)
      context.settle(message, .dropped(.expired))
      return true
    }
    let result = client.publish(current)
    if case .notConnected = result { return false }
    remove(message, from: source)
    switch result {
    case .notConnected: break
    case .accepted(let id):
      context.counts.published += 1
      if message.isAtMostOnce {
        context.settle(message, .acknowledged)
      } else {
        track(.message(message), id)
      }
    case .refused(let reason): context.settle(message, .dropped(.unsendable(reason)))
    }
    return true
  }

  private func remove(_ message: UplinkMessage, from source: Source) {
    switch source {
    case .backlog:
      _ = backlog.popNext()
      isBacklogsTurn = false
    case .live:
      live.removeFirst()
      liveLoad -= message.load
      if message.isAtMostOnce { liveAtMostOnce -= 1 }
      isBacklogsTurn = true
    }
  }

  /// Says whether the gateway is online; it needs no room in the window, being the first message or the last.
  func publishStatus(_ message: Message, _ client: MosquittoClient) {
    if case .accepted(let id) = client.publish(message) { track(.status, id) }
    handle(client.write(), of: client)
  }

  private func track(_ content: Window.Content, _ id: UInt16) {
    window.add(content, as: id)
    context.counts.largestWindow = max(context.counts.largestWindow, window.count)
  }

  /// Reads and writes what the socket is ready for.
  func ready(readable: Bool, writable: Bool) {
    if readable, let client { handle(client.read(), of: client) }
    if let client, writable || client.wantsWrite { handle(client.write(), of: client) }
  }

  /// Looks after what nothing happens to; to be called twice a second.
  func tick(_ now: ContinuousClock.Instant) {
    isDiskLeftAlone = false
    store(before: now - context.settings.spool.after)
    losePatience(now)
    guard let client else { return }
    handle(client.keepAlive(), of: client)
    ready(readable: false, writable: false)
  }

  /// Takes in what the last input or output has brought.
  func handle(_ connection: ConnectionState, of client: MosquittoClient) {
    for event in client.takeEvents() {
      switch event {
      case .connected(let session): opened(session)
      case .published(let id, let reason): answered(id, reason)
      // Nothing is subscribed to here.
      case .subscribed, .received: break
      }
    }
    if case .closed(let reason) = connection, client === self.client { closed(reason) }
  }

  private func answered(_ id: UInt16, _ reason: UInt8) {
    switch window.remove(id) {
    case nil: break  // QoS 0: it was settled when it was handed over
    case .message(let message):
      backlog.answered(message.sequence)
      context.settle(message, reason < 0x80 ? .acknowledged : .rejected(reason))
      suspicion.answered()
      limitWindow()
    case .status: if case .leaving(let client) = state { sendDisconnect(client, publishingWill: false) }
    }
  }

  /// One message at a time, as long as one of them is suspected to end the connection.
  func limitWindow() { window.limit = suspicion.isolates ? 1 : allowed }
}
