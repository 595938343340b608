/// One application message, on its way up or down (MQTT 5 §3.3).
public struct Message: Sendable, Equatable {
  /// Where it is published.
  public var topic: Topic
  /// What it says; any bytes.
  public var payload: [UInt8]
  /// How often it may arrive.
  public var qos: QualityOfService
  /// Whether the broker keeps it for later subscribers.
  public var retain: Bool
  /// What travels with it, in the publisher's order [MQTT-3.3.2-18].
  public var properties: [MessageProperty]

  /// Makes a message; by default one that arrives at least once and is not kept.
  public init(
    topic: Topic, payload: [UInt8], qos: QualityOfService = .atLeastOnce, retain: Bool = false,
    properties: [MessageProperty] = []
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.retain = retain
    self.properties = properties
  }
}

/// How often a message may arrive (MQTT 5 §4.3).
public enum QualityOfService: UInt8, Sendable, Comparable, CaseIterable {
  /// QoS 0.
  case atMostOnce = 0
  /// QoS 1.
  case atLeastOnce = 1
  /// QoS 2.
  case exactlyOnce = 2

  /// From weakest to strongest.
  public static func < (left: QualityOfService, right: QualityOfService) -> Bool {
    left.rawValue < right.rawValue
  }
}
