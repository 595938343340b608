public import Model

/// A message that a device published.
public struct SessionPublish: Sendable, Equatable {
  /// Where, as the device names it; `nil` for lines and frames, which have no topics.
  public var topic: Topic?
  /// What it says; any bytes.
  public var payload: [UInt8]
  /// How often it may arrive.
  public var qos: QualityOfService
  /// Whether the broker keeps it for later subscribers.
  public var retain: Bool
  /// What travels with it.
  public var properties: [MessageProperty]
  /// What to hand to ``DeviceSession/settled(_:outcome:now:into:)``; `nil` when nobody waits for the outcome.
  public var token: PublishToken?

  /// Makes a message.
  public init(
    topic: Topic?, payload: [UInt8], qos: QualityOfService, retain: Bool = false, properties: [MessageProperty] = [],
    token: PublishToken?
  ) {
    self.properties = properties
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.retain = retain
    self.token = token
  }
}
