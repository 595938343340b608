import Model
import Sessions

/// A topic that a test needs.
func topic(_ name: String) -> Topic {
  do { return try Topic(name) } catch { preconditionFailure("\(error)") }
}

/// A filter that a test needs.
func filter(_ text: String) -> SubscriptionFilter {
  do { return try SubscriptionFilter(text) } catch { preconditionFailure("\(error)") }
}

extension SessionDelivery {
  /// A message for the device; by default one of QoS 1 that has just arrived.
  static func make(
    _ name: String = "a", _ payload: String = "!", qos: QualityOfService = .atLeastOnce, retain: Bool = false,
    properties: [MessageProperty] = [], identifiers: [Int] = [], sequence: Int64? = nil,
    arrived: ContinuousClock.Instant = .now
  ) -> SessionDelivery {
    SessionDelivery(
      Message(topic: topic(name), payload: Array(payload.utf8), qos: qos, retain: retain, properties: properties),
      subscriptionIdentifiers: identifiers, sequence: sequence, arrived: arrived)
  }
}

extension SessionLimits {
  /// The defaults but for what `change` says.
  static func with(_ change: (inout SessionLimits) -> Void) -> SessionLimits {
    var limits = SessionLimits()
    change(&limits)
    return limits
  }
}
