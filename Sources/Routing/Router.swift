public import Model

/// Decides where what a device says is published.
public enum Router {
  /// The most levels that a topic may have: mosquitto ends the connection of whoever sends more than 200.
  public static let maximumLevels = 128

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
    let target =
      switch route.naming {
      case .namespaced: try below(route.uplink, topic)
      case .verbatim: try unreserved(topic)
      }
    try requireSendable(target.name)
    return target
  }

  /// The properties of a message as subscribers are to see them. A response topic is where the device is sent things, so that
  /// whoever answers reaches it; a verbatim device may name only topics that are open to it.
  ///
  /// - Throws: as ``message(to:payload:qos:retain:properties:from:)``.
  public static func properties(
    _ properties: [MessageProperty], from route: DeviceRoute
  ) throws(RoutingError) -> [MessageProperty] {
    for property in properties {
      switch property {
      case .contentType(let text): try requireText(text)
      case .userProperty(let name, let value):
        try requireText(name)
        try requireText(value)
      case .responseTopic, .correlationData, .payloadFormatIndicator, .messageExpiryInterval: break
      }
    }
    guard let topic = properties.responseTopic else { return properties }
    let target: Topic
    switch route.naming {
    case .namespaced: target = try below(route.downlink, topic)
    case .verbatim:
      guard route.allowsResponse(at: topic) else { throw .topicNotAllowed }
      target = try unreserved(topic)
    }
    try requireSendable(target.name)
    return properties.map { if case .responseTopic = $0 { .responseTopic(target) } else { $0 } }
  }

  /// Brokers may end the connection of whoever sends something else, and it is the connection of many devices.
  static func requireSendable(_ topic: String) throws(RoutingError) {
    var levels = 1
    for byte in topic.utf8 where byte == UInt8(ascii: "/") { levels += 1 }
    guard levels <= maximumLevels else { throw .topicTooDeep }
    try requireText(topic)
  }

  /// Neither control characters nor code points that are none (MQTT 5 §1.5.4).
  private static func requireText(_ text: String) throws(RoutingError) {
    guard !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return }
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value < 0x20 || (0x7F...0x9F).contains(value) || (0xFDD0...0xFDEF).contains(value) || value & 0xFFFE == 0xFFFE
      {
        throw .textUnsendable
      }
    }
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
