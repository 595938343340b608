public import Model

/// One subscription that a device asks for (MQTT 5 §3.8.3).
public struct SubscriptionRequest: Sendable, Equatable {
  /// What it wants to hear.
  public var filter: SubscriptionFilter
  /// The QoS that it wants at most.
  public var qos: QualityOfService
  /// Whether it does not want to hear itself.
  public var noLocal: Bool
  /// Whether messages keep the flag that they were published with.
  public var retainAsPublished: Bool
  /// Whether it wants retained messages.
  public var retainHandling: RetainHandling

  /// Asks for a subscription.
  public init(
    filter: SubscriptionFilter, qos: QualityOfService, noLocal: Bool = false, retainAsPublished: Bool = false,
    retainHandling: RetainHandling = .send
  ) {
    self.filter = filter
    self.qos = qos
    self.noLocal = noLocal
    self.retainAsPublished = retainAsPublished
    self.retainHandling = retainHandling
  }
}

/// When retained messages are sent (MQTT 5 §3.8.3.1).
public enum RetainHandling: UInt8, Sendable, CaseIterable {
  /// With every SUBSCRIBE.
  case send = 0
  /// With a SUBSCRIBE that makes a new subscription.
  case sendIfNew = 1
  /// Never.
  case never = 2
}

/// A SUBSCRIBE of a device; answered with ``DeviceSession/subscribed(_:codes:into:)``.
public struct SessionSubscribe: Sendable, Equatable {
  /// What the answer names.
  public var packetID: UInt16
  /// At least one.
  public var requests: [SubscriptionRequest]
  /// What messages of these subscriptions bear.
  public var identifier: Int?

  /// Makes a SUBSCRIBE.
  public init(packetID: UInt16, requests: [SubscriptionRequest], identifier: Int? = nil) {
    self.packetID = packetID
    self.requests = requests
    self.identifier = identifier
  }
}

/// An UNSUBSCRIBE of a device; answered with ``DeviceSession/unsubscribed(_:codes:into:)``.
public struct SessionUnsubscribe: Sendable, Equatable {
  /// What the answer names.
  public var packetID: UInt16
  /// At least one.
  public var filters: [SubscriptionFilter]

  /// Makes an UNSUBSCRIBE.
  public init(packetID: UInt16, filters: [SubscriptionFilter]) {
    self.packetID = packetID
    self.filters = filters
  }
}
