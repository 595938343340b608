public import Model

/// Why a message cannot be routed, or a topic tree cannot be built.
public enum RoutingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The node's name cannot be a level of a topic.
  case invalidNode(String)
  /// A template does not make one topic for each device or node.
  case invalidTemplate(String, reason: String)
  /// An allow-list's filter is none for this device.
  case invalidFilter(String, device: DeviceID, reason: String)
  /// A verbatim device's topic starts with `$`, which belongs to brokers.
  case topicReserved
  /// The device's allow-list does not cover the topic.
  case topicNotAllowed
  /// The topic has more levels than brokers take.
  case topicTooDeep
  /// A text has a character that brokers take for an attack (MQTT 5 §1.5.4).
  case textUnsendable
  /// The topic does not fit behind the device's prefix.
  case topicTooLong

  /// One line that says what was wrong and what is allowed; it never shows a device's topic.
  public var description: String {
    switch self {
    case .invalidNode(let node): "'\(node)' cannot name a gateway: a node has no '/', '+', '#' or NUL and is not empty"
    case .invalidTemplate(let template, let reason): "'\(template)' is no topic template: \(reason)"
    case .invalidFilter(let filter, let device, let reason): "'\(filter)' is no topic filter for \(device): \(reason)"
    case .topicReserved: "topics that start with '$' belong to the broker"
    case .topicNotAllowed: "the device's publish list does not cover the topic"
    case .topicTooDeep: "with the device's prefix the topic has more than \(Router.maximumLevels) levels"
    case .textUnsendable: "a topic or property has a control character or no character at all"
    case .topicTooLong: "with the device's prefix the topic is longer than \(Topic.maximumLength) bytes"
    }
  }
}
