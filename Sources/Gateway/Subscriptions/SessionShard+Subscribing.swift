import Bridge
import Devices
import Model
import NIOConcurrencyHelpers
import Routing
import Sessions
import Storage

// What sessions want to hear.
extension SessionShard {
  /// The session `number` subscribes. `reply` hears a code for each of `orders` once the broker sends what they match, and they
  /// are on disk if the session is; only then are retained messages fetched.
  func subscribe(
    _ number: UInt64, _ orders: [SubscriptionOrder],
    _ reply: @escaping @Sendable (SessionHandler, [ReasonCode]) -> Void
  ) {
    guard let session = sessions[number], let port = session.connection?.port else { return }
    // As this loop knows the device now: the connection's may be older, or newer.
    guard let route = loop.route(of: session.device) else {
      return port.tell { handler in reply(handler, orders.map { _ in .notAuthorized }) }
    }
    var added: [ShardSubscription] = []
    var fetched: [ShardSubscription] = []
    let answers = SubscribeAnswers(count: orders.count)
    for (place, order) in orders.enumerated() {
      switch add(order, to: session, by: route, then: { answers.answered(place, $0) }) {
      case .success(let (subscription, isNew)):
        added.append(subscription)
        if subscription.wantsRetained(isNew: isNew) { fetched.append(subscription) }
      case .failure(let refusal): answers.refused(place, refusal.code)
      }
    }
    if let id = session.storeID, !added.isEmpty {
      answers.begin()
      store.subscribe(session: id, added.map(\.stored)) { answers.stored($0) }
    }
    let names = fetched.map(\.name)
    let handle = SessionLoop.Handle(loop)
    answers.done { codes in
      handle.run { loop in
        loop.shard.dropRefused(number, orders, codes)
        port.tell { reply($0, codes) }
        for name in names { loop.shard.fetchRetained(number, name) }
      }
    }
  }

  private struct Refusal: Error { let code: ReasonCode }

  private func add(
    _ order: SubscriptionOrder, to session: ShardSession, by route: DeviceRoute,
    then answered: @escaping @Sendable (Bool) -> Void
  ) -> Result<(ShardSubscription, isNew: Bool), Refusal> {
    let name = order.request.filter
    let older = session.subscriptions[name]
    guard older != nil || session.subscriptions.count < limits.subscriptions else {
      return .failure(Refusal(code: .quotaExceeded))
    }
    do throws(RoutingError) {
      let target = try Router.target(of: order.request.filter, from: route)
      // It may have had other topics, before its device's record changed.
      if let older { tree.remove(older.key, for: older.target.filter) }
      let subscription = insert(order, target, to: session, then: answered)
      if let older { release(older) }
      return .success((subscription, older == nil))
    } catch {
      return .failure(Refusal(code: .notAuthorized))
    }
  }

  /// Puts a subscription into the tree, and asks the broker for what it matches.
  @discardableResult
  func insert(
    _ order: SubscriptionOrder, _ target: SubscriptionTarget, to session: ShardSession,
    then answered: (@Sendable (Bool) -> Void)? = nil
  ) -> ShardSubscription {
    let upstream = switchboard.downlink.subscribe(to: target.upstream, order.request.qos, then: answered)
    let subscription = ShardSubscription(session, order, target, upstream: upstream)
    session.subscriptions[subscription.name] = subscription
    tree.insert(subscription, of: subscription.key, for: target.filter)
    if target.upstream.group != nil { switchboard.changeMembers(of: upstream, on: index, by: 1) }
    return subscription
  }

  /// The session `number` unsubscribes; returns a code for each filter.
  func unsubscribe(_ number: UInt64, _ filters: [SubscriptionFilter]) -> [ReasonCode] {
    guard let session = sessions[number] else { return filters.map { _ in .noSubscriptionExisted } }
    let codes = filters.map { filter -> ReasonCode in
      guard let subscription = session.subscriptions[filter] else { return .noSubscriptionExisted }
      remove(subscription)
      return .success
    }
    if let id = session.storeID { store.unsubscribe(session: id, filters.map(\.text)) }
    return codes
  }

  /// Takes a subscription out of the tree, and from the broker if nobody else has it.
  func remove(_ subscription: ShardSubscription) {
    subscription.session.subscriptions[subscription.name] = nil
    tree.remove(subscription.key, for: subscription.target.filter)
    release(subscription)
  }

  private func release(_ subscription: ShardSubscription) {
    let upstream = subscription.target.upstream
    switchboard.downlink.unsubscribe(from: upstream, subscription.qos)
    if upstream.group != nil { switchboard.changeMembers(of: subscription.upstream, on: index, by: -1) }
    // Whose turn it is may be forgotten: the first one's.
    if let group = subscription.group { turns[group] = nil }
  }

  /// What the broker has refused is no subscription.
  private func dropRefused(_ number: UInt64, _ orders: [SubscriptionOrder], _ codes: [ReasonCode]) {
    guard let session = sessions[number] else { return }
    for (order, code) in zip(orders, codes) where code.isFailure && code != .quotaExceeded {
      let name = order.request.filter
      guard let subscription = session.subscriptions[name], subscription.order.request == order.request else {
        continue
      }
      remove(subscription)
      if let id = session.storeID { store.unsubscribe(session: id, [name.text]) }
    }
  }

  /// Fetches what the broker has kept for a new subscription, for its session alone.
  private func fetchRetained(_ number: UInt64, _ name: SubscriptionFilter) {
    guard let subscription = sessions[number]?.subscriptions[name] else { return }
    let handle = SessionLoop.Handle(loop)
    switchboard.downlink.fetchRetained(subscription.target.filter, subscription.qos) { message in
      handle.run { $0.shard.deliverRetained(message, to: number, name) }
    }
  }

  /// The devices have changed: who is gone has no sessions any more, and what a device may not hear any more it does not hear.
  func devicesChanged(_ changed: Set<DeviceID>?, _ table: DeviceTable) {
    for device in changed ?? Set(devices.keys) {
      guard let sessions = devices[device] else { continue }
      guard let record = table.device(device) else {
        for session in sessions { withdrawWill(of: session) }
        // Those with a connection end with it.
        for session in sessions {
          session.expiryInterval = 0
          if session.connection == nil { discard(session) }
        }
        continue
      }
      guard let route = try? loop.shared.rules.route(for: record) else { continue }
      for session in sessions { reroute(session, by: route) }
    }
  }

  private func reroute(_ session: ShardSession, by route: DeviceRoute) {
    recheckWill(of: session, by: route)
    for subscription in session.subscriptions.values {
      let target = try? Router.target(of: subscription.order.request.filter, from: route)
      guard target != subscription.target else { continue }
      remove(subscription)
      if let target {
        insert(subscription.order, target, to: session)
      } else if let id = session.storeID {
        store.unsubscribe(session: id, [subscription.name.text])
      }
    }
  }
}

extension ShardSubscription {
  var key: SubscriptionKey { SubscriptionKey(session: session.number, filter: name) }

  /// As it is on disk.
  var stored: StoredSubscription {
    let request = order.request
    let options =
      request.qos.rawValue | (request.noLocal ? 0x04 : 0) | (request.retainAsPublished ? 0x08 : 0)
      | request.retainHandling.rawValue << 4
    return StoredSubscription(filter: name.text, options: options, identifier: order.identifier)
  }

  /// Whether the device is to be sent what the broker has kept; never for a shared subscription (MQTT 5 §4.8.2).
  fileprivate func wantsRetained(isNew: Bool) -> Bool {
    guard order.request.filter.group == nil else { return false }
    return switch order.request.retainHandling {
    case .send: true
    case .sendIfNew: isNew
    case .never: false
    }
  }
}

/// The codes of one SUBACK, as they become known.
private final class SubscribeAnswers: Sendable {
  private struct State {
    var codes: [ReasonCode?]
    var isStored = true
    var open: Int
    var done: (@Sendable ([ReasonCode]) -> Void)?
  }

  private let state: NIOLockedValueBox<State>

  init(count: Int) {
    state = NIOLockedValueBox(State(codes: Array(repeating: nil, count: count), open: count + 1))
  }

  func begin() { state.withLockedValue { $0.open += 1 } }

  /// The broker has answered; nil stands for the QoS that is granted.
  func answered(_ place: Int, _ isGranted: Bool) {
    finish { if !isGranted { $0.codes[place] = .notAuthorized } }
  }

  func refused(_ place: Int, _ code: ReasonCode) { finish { $0.codes[place] = code } }

  func stored(_ isStored: Bool) { finish { if !isStored { $0.isStored = false } } }

  /// Everything has been asked for.
  func done(_ body: @escaping @Sendable ([ReasonCode]) -> Void) { finish { $0.done = body } }

  private func finish(_ change: (inout State) -> Void) {
    let answer = state.withLockedValue { state -> (codes: [ReasonCode], body: @Sendable ([ReasonCode]) -> Void)? in
      change(&state)
      state.open -= 1
      guard state.open == 0, let done = state.done else { return nil }
      let isStored = state.isStored
      return (state.codes.map { $0 ?? (isStored ? .success : .unspecifiedError) }, done)
    }
    if let answer { answer.body(answer.codes) }
  }
}
