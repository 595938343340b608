import DequeModule

// The end of a lane, and of messages that can wait no longer.
extension Lane {
  /// Drops every QoS 0 message that waits.
  func shedAtMostOnce(_ reason: DropReason) {
    guard liveAtMostOnce > 0 else { return }
    context.log.shed(liveAtMostOnce, reason: reason)
    for message in live where message.isAtMostOnce {
      liveLoad -= message.load
      context.settle(message, .dropped(reason))
    }
    live.removeAll { $0.isAtMostOnce }
    liveAtMostOnce = 0
  }

  /// Drops QoS 0 messages that have waited too long for a broker.
  func losePatience(_ now: ContinuousClock.Instant) {
    if !isConnected, now - downSince >= context.settings.patience { shedAtMostOnce(.brokerAway) }
  }

  /// Begins to leave: says that the gateway is offline, then DISCONNECT. The lane has ended when that is written.
  func leave() {
    guard case .connected(let client, let broker, _) = state else {
      if case .leaving = state { return }
      return state = .ended
    }
    state = .leaving(client)
    context.laneDisconnected(from: broker)
    guard index == 0, let status = context.settings.status else {
      return sendDisconnect(client, publishingWill: false)
    }
    if live.isEmpty, window.count == 0 {
      publishStatus(status.message(status.offline), client)
    } else {
      // The broker does not keep up, and would not acknowledge the status in time: its copy, the will, does.
      sendDisconnect(client, publishingWill: true)
    }
  }

  func sendDisconnect(_ client: MosquittoClient, publishingWill: Bool) {
    client.disconnect(publishingWill: publishingWill)
    handle(client.write(), of: client)
  }

  /// Gives up everything that is not settled; what is on disk stays there.
  func abandon() {
    state = .ended
    for message in window.removeAll() + backlog.removeUnstored() + live { context.settle(message, .dropped(.stopped)) }
    (live, liveLoad, liveAtMostOnce) = ([], OutboxLoad(), 0)
  }
}
