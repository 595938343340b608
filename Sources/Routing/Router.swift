public import Model

/// Decides where what a device says is published.
public enum Router {
  /// The message for the broker when the device of `route` publishes `payload` to `topic`, as it names it. Lines and
  /// frames have no topic: they go to the uplink topic itself, at least once and not retained.
  ///
  /// - Throws: ``RoutingError/topicReserved``, ``RoutingError/topicNotAllowed`` or ``RoutingError/topicTooLong``.
  public static func message(
    to topic: Topic?, payload: [UInt8], qos: QualityOfService, retain: Bool, from route: DeviceRoute
  ) throws(RoutingError) -> Message {
    guard let topic else { return Message(topic: route.uplink, payload: payload) }
    guard route.allows(topic) else { throw .topicNotAllowed }
    let target =
      switch route.naming {
      case .namespaced: try below(route.uplink, topic)
      case .verbatim: try unreserved(topic)
      }
    return Message(topic: target, payload: payload, qos: qos, retain: retain)
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
