import Devices
import FoundationEssentials
import Model
import Routing
import Sessions
import Storage

// What an earlier run has left.
extension SessionShard {
  /// Takes over the sessions and wills whose home is here. Wills of connections that were live are due from now on.
  func restore(_ contents: StoredSessions, _ table: DeviceTable) {
    let now = ContinuousClock.now
    for stored in contents.sessions where isHome(of: stored.device) {
      guard let device = table.device(stored.device), let route = try? loop.shared.rules.route(for: device) else {
        store.remove(session: stored.id)
        continue
      }
      restore(stored, by: route, now)
    }
    for will in contents.wills where isHome(of: will.device) { restore(will, table, now) }
  }

  private func isHome(of device: DeviceID) -> Bool {
    switchboard.home(of: device).map { $0.eventLoop === loop.eventLoop } ?? false
  }

  private func restore(_ stored: StoredSession, by route: DeviceRoute, _ now: ContinuousClock.Instant) {
    let session = ShardSession(number: switchboard.takeNumber(), device: stored.device, clientID: stored.clientID)
    session.storeID = stored.id
    session.remains = SessionState(behind: UInt16.random(in: 0 ... .max))
    session.expiryInterval = stored.expiryInterval
    (session.queuedMessages, session.queuedBytes) = (stored.queuedMessages, stored.queuedBytes)
    let alone = Duration.seconds(max(0, Date.now.timeIntervalSince(stored.endedAt ?? .now)))
    let lifetime: Duration =
      stored.expiryInterval == .max ? .seconds(100 * 365 * 86_400) : .seconds(Int64(stored.expiryInterval))
    session.expiresAt = now + lifetime - alone
    add(session)
    waiting[session.number] = session
    loop.startTicking()
    for subscription in stored.subscriptions {
      guard let order = SubscriptionOrder(subscription),
        let target = try? Router.target(of: order.request.filter, from: route)
      else {
        store.unsubscribe(session: stored.id, [subscription.filter])
        continue
      }
      insert(order, target, to: session)
    }
  }

  private func restore(_ stored: StoredWill, _ table: DeviceTable, _ now: ContinuousClock.Instant) {
    let will = ShardSession.Will(
      id: stored.id, message: stored.message, delay: stored.delay, due: now + .seconds(Int64(stored.delay)))
    guard table.device(stored.device)?.isEnabled ?? false else { return store.remove(will: stored.id) }
    if let session = devices[stored.device]?.first(where: { $0.has(stored.clientID) }), session.will == nil {
      session.will = will
      return
    }
    // The session ended with its connection, and its will with it.
    loop.publish(stored.message, of: stored.device, will: stored.id)
  }
}

extension SubscriptionOrder {
  /// As it was on disk; nil for what is no subscription.
  fileprivate init?(_ stored: StoredSubscription) {
    guard let filter = try? SubscriptionFilter(stored.filter),
      let qos = QualityOfService(rawValue: stored.options & 0x03),
      let retainHandling = RetainHandling(rawValue: stored.options >> 4 & 0x03)
    else { return nil }
    request = SubscriptionRequest(
      filter: filter, qos: qos, noLocal: stored.options & 0x04 != 0, retainAsPublished: stored.options & 0x08 != 0,
      retainHandling: retainHandling)
    identifier = stored.identifier
  }
}
