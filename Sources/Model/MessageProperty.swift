/// A property of an application message that travels with it from its publisher to its subscribers (MQTT 5 §3.3.2.3).
public enum MessageProperty: Sendable, Hashable {
  /// 1: the payload is UTF-8; 0: it is unspecified bytes.
  case payloadFormatIndicator(UInt8)
  /// How long the message is of use, in seconds.
  case messageExpiryInterval(UInt32)
  /// What the payload is, as the publisher names it.
  case contentType(String)
  /// Where an answer is awaited.
  case responseTopic(Topic)
  /// What the answer refers to.
  case correlationData([UInt8])
  /// Whatever publisher and subscribers have agreed on.
  case userProperty(name: String, value: String)
}

extension [MessageProperty] {
  /// How long the message is of use, in seconds; nil: for ever.
  public var expiryInterval: UInt32? {
    for case .messageExpiryInterval(let seconds) in self { return seconds }
    return nil
  }

  /// Where an answer is awaited.
  public var responseTopic: Topic? {
    for case .responseTopic(let topic) in self { return topic }
    return nil
  }

  /// The same properties after the message has waited for `waited`; nil if it is of no use any more [MQTT-3.3.2-6].
  public func aged(by waited: Duration) -> [MessageProperty]? {
    guard let interval = expiryInterval else { return self }
    let seconds = UInt32(clamping: waited.components.seconds)
    guard seconds < interval else { return nil }
    return map { property in
      if case .messageExpiryInterval = property { .messageExpiryInterval(interval - seconds) } else { property }
    }
  }

  /// The same properties once the message is of no use any more.
  public var expired: [MessageProperty] {
    map { property in if case .messageExpiryInterval = property { .messageExpiryInterval(0) } else { property } }
  }
}
