public import Model

/// What a device's subscription means to the broker.
public struct SubscriptionTarget: Sendable, Equatable {
  /// What the gateway subscribes to, for this device and all that want the same.
  public var upstream: SubscriptionFilter
  /// Which of the broker's topics the device hears.
  public var filter: TopicFilter
  /// What the device does not see of these topics: the prefix that is its own.
  public var prefix: String

  /// The topic as the device sees it; nil for one that is not for it: that has no name left, or that begins with `$` there
  /// while its filter begins with a wildcard [MQTT-4.7.2-1].
  public func deviceTopic(_ topic: Topic) -> Topic? {
    guard filter.matches(topic) else { return nil }
    guard !prefix.isEmpty else { return topic }
    let name = topic.name.utf8.dropFirst(prefix.utf8.count)
    let own = filter.pattern.utf8.dropFirst(prefix.utf8.count)
    if name.first == UInt8(ascii: "$"), own.first != UInt8(ascii: "$") { return nil }
    return try? Topic(String(Substring(name)))
  }
}

extension Router {
  /// What a subscription of the device of `route` means.
  ///
  /// - Throws: ``RoutingError/topicReserved``, ``RoutingError/topicNotAllowed`` or ``RoutingError/topicTooLong``.
  public static func target(
    of subscription: SubscriptionFilter, from route: DeviceRoute
  ) throws(RoutingError) -> SubscriptionTarget {
    let filter = subscription.filter
    guard filter.pattern.utf8.first != UInt8(ascii: "$") else { throw .topicReserved }
    guard route.allowsSubscription(to: filter) else { throw .topicNotAllowed }
    try requireSendable(subscription.text)
    switch route.naming {
    case .verbatim:
      return SubscriptionTarget(upstream: subscription, filter: filter, prefix: "")
    case .namespaced:
      let prefix = route.downlink.name + "/"
      // A valid filter behind a valid prefix can only be too long.
      guard let own = try? TopicFilter(prefix + filter.pattern) else { throw .topicTooLong }
      try requireSendable(own.pattern)
      return SubscriptionTarget(upstream: SubscriptionFilter(route.everyDownlink), filter: own, prefix: prefix)
    }
  }
}
