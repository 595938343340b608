/// Why some text is not one of the gateway's words.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text is no ``DeviceID``.
  case invalidDeviceID(String, reason: String)
  /// The text is no ``Topic``.
  case invalidTopic(String, reason: String)
  /// The text is no ``TopicFilter``.
  case invalidTopicFilter(String, reason: String)

  /// What is wrong, without the text itself.
  public var reason: String {
    switch self {
    case .invalidDeviceID(_, let reason), .invalidTopic(_, let reason), .invalidTopicFilter(_, let reason): reason
    }
  }

  /// One line that says what was wrong and what is allowed.
  public var description: String {
    switch self {
    case .invalidDeviceID(let name, let reason): "'\(name)' is not a device id: \(reason)"
    case .invalidTopic(let name, let reason): "'\(name)' is not a topic: \(reason)"
    case .invalidTopicFilter(let name, let reason): "'\(name)' is not a topic filter: \(reason)"
    }
  }
}
