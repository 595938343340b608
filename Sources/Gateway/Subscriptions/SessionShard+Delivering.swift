import Bridge
import Model
import Routing
import Sessions
import Storage

// Messages on their way to sessions.
extension SessionShard {
  /// A session that a message is for, with what its matching subscriptions say together.
  fileprivate struct Match {
    let session: ShardSession
    /// The subscription that brings the message: the others of the session bring it as well.
    var primary: ShardSubscription
    var identifiers: [Int]
    var retainAsPublished: Bool
  }

  /// Hands out the messages of `batch` to the sessions here; `chosen` says whether a message from a shared subscription is for
  /// this event loop.
  func deliver(_ batch: DownlinkBatch, chosen: (Int) -> Bool) {
    var stored: [StoredDelivery] = []
    let now = ContinuousClock.now
    for (place, incoming) in batch.messages.enumerated() {
      var message = incoming.message
      let origin = switchboard.origin.take(from: &message.properties)
      for match in matches(message, origin, incoming.identifiers, batch.unconfirmed, isChosen: chosen(place)) {
        deliver(message, to: match, at: now, &stored)
      }
    }
    // To the disk first: a device that answers at once has it removed.
    keep(stored, for: batch)
    handOver()
  }

  /// Acknowledges the batch once what must be on disk is there.
  private func keep(_ stored: [StoredDelivery], for batch: DownlinkBatch) {
    guard !stored.isEmpty else { return batch.finish() }
    let metrics = loop.shared.metrics
    store.enqueue(stored) { isStored in
      if !isStored { metrics.countDroppedDown(stored.count) }
      batch.finish()
    }
  }

  /// Who gets the message. Each session gets it once, though each of its subscriptions may bring it: the broker sends a copy
  /// for each upstream subscription, and the copy of the strongest one counts.
  private func matches(
    _ message: Message, _ origin: UInt64?, _ identifiers: [Int], _ unconfirmed: Set<Int>, isChosen: Bool
  ) -> [Match] {
    stamp += 1
    var matches: [Match] = []
    var groups: [SubscriptionFilter: [ShardSubscription]] = [:]
    tree.forEachMatch(message.topic) { _, subscription in
      let session = subscription.session
      if subscription.order.request.noLocal, origin == session.number { return }
      // No copy will bear it as long as the broker does not know it.
      if unconfirmed.contains(subscription.upstream), !identifiers.contains(subscription.upstream) { return }
      if let group = subscription.group {
        if identifiers.isEmpty || identifiers.contains(subscription.upstream) {
          groups[group, default: []].append(subscription)
        }
        return
      }
      if session.match.stamp == stamp {
        matches[session.match.place].add(subscription)
      } else {
        session.match = (stamp, matches.count)
        matches.append(Match(subscription))
      }
    }
    if !identifiers.isEmpty { matches.removeAll { !identifiers.contains($0.primary.upstream) } }
    for (group, members) in groups {
      guard isChosen || members.contains(where: { $0.target.upstream.group == nil }) else { continue }
      if let member = next(of: members, in: group) { matches.append(Match(member)) }
    }
    return matches
  }

  /// Whose turn it is; those who are there come first.
  private func next(of members: [ShardSubscription], in group: SubscriptionFilter) -> ShardSubscription? {
    let present = members.filter { $0.session.connection != nil }
    let candidates = (present.isEmpty ? members : present).sorted { $0.session.number < $1.session.number }
    guard !candidates.isEmpty else { return nil }
    let turn = turns[group, default: 0]
    turns[group] = turn &+ 1
    return candidates[turn % candidates.count]
  }

  private func deliver(
    _ message: Message, to match: Match, at now: ContinuousClock.Instant, _ stored: inout [StoredDelivery]
  ) {
    guard let topic = match.primary.target.deviceTopic(message.topic) else {
      return loop.shared.metrics.countDroppedDown(1)
    }
    var own = message
    own.topic = topic
    own.qos = min(message.qos, match.primary.qos)
    own.retain = message.retain && match.retainAsPublished
    pass(SessionDelivery(own, subscriptionIdentifiers: match.identifiers, arrived: now), to: match.session, &stored)
  }

  /// A message that the broker has kept, for a session that has just subscribed.
  func deliverRetained(_ message: Message, to number: UInt64, _ name: SubscriptionFilter) {
    guard let session = sessions[number], let subscription = session.subscriptions[name],
      let topic = subscription.target.deviceTopic(message.topic)
    else { return }
    var own = message
    _ = switchboard.origin.take(from: &own.properties)
    own.topic = topic
    own.qos = min(message.qos, subscription.qos)
    own.retain = true
    var stored: [StoredDelivery] = []
    let identifiers = subscription.order.identifier.map { [$0] } ?? []
    pass(SessionDelivery(own, subscriptionIdentifiers: identifiers, arrived: .now), to: session, &stored)
    if !stored.isEmpty { store.enqueue(stored) { _ in } }
    handOver()
  }

  private func pass(_ delivery: SessionDelivery, to session: ShardSession, _ stored: inout [StoredDelivery]) {
    var delivery = delivery
    let isKept = session.storeID != nil && delivery.message.qos != .atMostOnce
    guard session.connection != nil || isKept else { return }
    guard session.connection != nil || hasRoom(session, for: delivery) else {
      return loop.shared.metrics.countDroppedDown(1)
    }
    if isKept, let id = session.storeID {
      let sequence = store.takeNumber()
      delivery.sequence = sequence
      stored.append(
        StoredDelivery(
          sequence: sequence, session: id, message: delivery.message,
          subscriptionIdentifiers: delivery.subscriptionIdentifiers))
    }
    guard let connection = session.connection else {
      session.queuedMessages += 1
      session.queuedBytes += delivery.byteCount
      return
    }
    guard connection.isReady else {
      // Behind what is being read from disk.
      guard connection.early.count < limits.queuedMessages else { return loop.shared.metrics.countDroppedDown(1) }
      session.connection?.early.append(delivery)
      return
    }
    loop.shared.metrics.countDown(1)
    outgoing[ObjectIdentifier(connection.port.loop.eventLoop), default: []].append((connection.port, delivery))
  }

  /// Hands over what is for connections, once for each event loop.
  private func handOver() {
    guard !outgoing.isEmpty else { return }
    for deliveries in outgoing.values {
      guard let handle = deliveries.first?.0.loop else { continue }
      handle.run { loop in
        for (port, delivery) in deliveries { loop.session(port.connection)?.deliver([delivery]) }
      }
    }
    outgoing.removeAll(keepingCapacity: true)
  }

  private func hasRoom(_ session: ShardSession, for delivery: SessionDelivery) -> Bool {
    session.queuedMessages < limits.queuedMessages
      && session.queuedBytes + delivery.byteCount <= limits.queuedBytes
  }
}

extension SessionShard.Match {
  fileprivate init(_ subscription: ShardSubscription) {
    session = subscription.session
    primary = subscription
    identifiers = subscription.order.identifier.map { [$0] } ?? []
    retainAsPublished = subscription.order.request.retainAsPublished
  }

  /// Another subscription of the same session matches: the highest QoS counts [MQTT-3.3.4-2].
  fileprivate mutating func add(_ other: ShardSubscription) {
    if (other.qos, -other.upstream) > (primary.qos, -primary.upstream) { primary = other }
    identifiers += other.order.identifier.map { [$0] } ?? []
    retainAsPublished = retainAsPublished || other.order.request.retainAsPublished
  }
}
