import Model

// Messages: from the queue through the window to the broker's answer.
extension Lane {
  /// The most messages that one turn hands to libmosquitto, which writes them together.
  private static let batchLimit = 256
  /// The most payload bytes likewise.
  private static let batchBytes = 1 << 20

  func enqueue(_ submission: Submission) {
    queue.append(submission)
    if submission.isAtMostOnce { queuedAtMostOnce += 1 }
  }

  /// Whether ``publishQueued()`` would send something now.
  var canPublish: Bool {
    guard case .connected(let client, _, _) = state, let next = queue.first, !client.wantsWrite else { return false }
    return next.isAtMostOnce || window.hasRoom
  }

  /// Hands one batch to libmosquitto and writes it. Nothing more is handed over before it has left, so that nothing piles
  /// up there.
  func publishQueued() {
    guard case .connected(let client, _, _) = state, canPublish else { return }
    var bytes = 0
    for _ in 0..<Self.batchLimit {
      guard bytes < Self.batchBytes, let next = queue.first, next.isAtMostOnce || window.hasRoom else { break }
      guard publish(next, client) else { break }
      bytes += next.message.payload.count
    }
    lastPublish = .now
    handle(client.write(), of: client)
  }

  /// Whether `submission` has left the queue.
  private func publish(_ submission: Submission, _ client: MosquittoClient) -> Bool {
    switch client.publish(submission.message) {
    case .notConnected: return false
    case .accepted(let id):
      removeFirst()
      context.counts.published += 1
      if submission.isAtMostOnce {
        context.settle(submission, .acknowledged)
      } else {
        track(.submission(submission), id)
      }
    case .refused(let reason):
      removeFirst()
      context.settle(submission, .dropped(.unsendable(reason)))
    }
    return true
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

  private func removeFirst() {
    if queue.removeFirst().isAtMostOnce { queuedAtMostOnce -= 1 }
  }

  /// Reads and writes what the socket is ready for.
  func ready(readable: Bool, writable: Bool) {
    if readable, let client { handle(client.read(), of: client) }
    if let client, writable || client.wantsWrite { handle(client.write(), of: client) }
  }

  /// Looks after a connection on which nothing happens; to be called every second.
  func tick() {
    guard let client else { return }
    handle(client.keepAlive(), of: client)
    ready(readable: false, writable: false)
  }

  /// Takes in what the last input or output has brought.
  func handle(_ connection: ConnectionState, of client: MosquittoClient) {
    for event in client.takeEvents() {
      switch event {
      case .connected(let receiveMaximum): opened(receiveMaximum: receiveMaximum)
      case .published(let id, let reason): answered(id, reason)
      }
    }
    if case .closed(let reason) = connection, client === self.client { closed(reason) }
  }

  private func answered(_ id: UInt16, _ reason: UInt8) {
    switch window.remove(id) {
    case nil: break  // QoS 0: it was settled when it was handed over
    case .submission(let submission):
      context.settle(submission, reason < 0x80 ? .acknowledged : .rejected(reason))
      suspicion.answered()
      limitWindow()
    case .status: if case .leaving(let client) = state { sendDisconnect(client, publishingWill: false) }
    }
  }

  /// One message at a time, as long as one of them is suspected to end the connection.
  func limitWindow() { window.limit = suspicion.isolates ? 1 : allowed }

  /// What is to be sent again, without the message that ends each connection.
  func withoutCulprit(_ unacknowledged: [Submission]) -> ArraySlice<Submission> {
    guard .now - lastPublish < Self.provocation, suspicion.provoked(underWay: unacknowledged.count),
      let culprit = unacknowledged.first
    else { return unacknowledged[...] }
    context.settle(culprit, .dropped(.endsConnections))
    return unacknowledged.dropFirst()
  }

  /// A connection that ends so soon after a message was sent may have ended because of it.
  private static let provocation = Duration.seconds(5)
}
