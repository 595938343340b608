public import Model

/// A message on its way to a device.
public struct SessionDelivery: Sendable, Equatable {
  /// The message; topic, QoS and retain flag as the device is to see them.
  public var message: Message
  /// The identifiers of the subscriptions that it comes from.
  public var subscriptionIdentifiers: [Int]
  /// Its place in the store; nil where it is in memory only.
  public var sequence: Int64?
  /// When it reached the gateway.
  public var arrived: ContinuousClock.Instant

  /// Makes a delivery.
  public init(
    _ message: Message, subscriptionIdentifiers: [Int] = [], sequence: Int64? = nil, arrived: ContinuousClock.Instant
  ) {
    self.message = message
    self.subscriptionIdentifiers = subscriptionIdentifiers
    self.sequence = sequence
    self.arrived = arrived
  }

  /// What it takes of a queue's limit, in bytes.
  public var byteCount: Int {
    message.payload.count + message.topic.name.utf8.count + message.properties.byteCount + 64
  }
}
