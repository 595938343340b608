public import Model

/// Decides where what a device says is published.
public enum Router {
  /// The message for the broker when the device of `route` publishes `payload` to `topic`, as it names it. Lines and
  /// frames have no topic: they go to the uplink topic itself, at least once and not retained.
  ///
  /// - Throws: ``RoutingError/topicReserved``, ``RoutingError/topicNotAllowed`` or ``RoutingError/topicTooLong``.
  public static func message(
    to topic: Topic?, payload: [UInt8], qos: QualityOfService, retain: Bool, properties: [MessageProperty] = [],
    from route: DeviceRoute
  ) throws(RoutingError) -> Message {
    guard let topic else { return Message(topic: route.uplink, payload: payload) }
    return Message(
      topic: try target(of: topic, from: route), payload: payload, qos: qos, retain: retain,
      properties: try self.properties(properties, from: route))
  }

  /// Where what the device of `route` publishes to `topic`, as it names it, goes.
  ///
  /// - Throws: as ``message(to:payload:qos:retain:properties:from:)``.
  public static func target(of topic: Topic, from route: DeviceRoute) throws(RoutingError) -> Topic {
    guard route.allows(topic) else { throw .topicNotAllowed }
    return switch route.naming {
    case .namespaced: try below(route.uplink, topic)
    case .verbatim: try unreserved(topic)
    }
  }

  /// The properties of a message as subscribers are to see them. A response topic is where the device is sent things, so that
  /// whoever answers reaches it; a verbatim device may name only topics that are open to it.
  ///
  /// - Throws: as ``message(to:payload:qos:retain:properties:from:)``.
  public static func properties(
    _ properties: [MessageProperty], from route: DeviceRoute
  ) throws(RoutingError) -> [MessageProperty] {
    guard let topic = properties.responseTopic else { return properties }
    let target: Topic
    switch route.naming {
    case .namespaced: target = try below(route.downlink, topic)
    case .verbatim:
      guard route.allowsResponse(at: topic) else { throw .topicNotAllowed }
      target = try unreserved(topic)
    }
    return properties.map { if case .responseTopic = $0 { .responseTopic(target) } else { $0 } }
  }

  private static func below(_ uplink: Topic, _ topic: Topic) throws(RoutingError) -> Topic {
    var name = ""
    name.reserveCapacity(uplink.name.utf8.count + 1 + topic.name.utf8.count)
    name += uplink.name
    name += "/"
    name += topic.name
    do {
      return try Topic(name)
    } catch {
      // Two valid topics joined by `/` can only be too long.
      throw .topicTooLong
    }
  }

  private static func unreserved(_ topic: Topic) throws(RoutingError) -> Topic {
    guard topic.name.utf8.first != UInt8(ascii: "$") else { throw .topicReserved }
    return topic
  }
}
