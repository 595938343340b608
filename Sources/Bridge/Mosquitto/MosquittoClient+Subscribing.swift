import CMosquitto
import Model

extension MosquittoClient {
  /// How a filter is subscribed to (MQTT 5 §3.8.3.1).
  struct SubscriptionOptions {
    var qos: QualityOfService
    /// What its messages bear; 1 to 268,435,455.
    var identifier: Int
    /// Whether retained messages are sent at once.
    var fetchesRetained: Bool
    /// Whether messages keep the retain flag that they were published with.
    var retainAsPublished: Bool
  }

  /// Queues a SUBSCRIBE for ``write()``; nil if it cannot be sent. The answer will bear the identifier that is returned.
  func subscribe(to filter: String, _ options: SubscriptionOptions) -> UInt16? {
    var id: CInt = 0
    guard version == .v5 else {
      // MQTT 3.1.1 has a QoS and nothing else: retained messages come every time.
      let code = unsafe mosquitto_subscribe_v5(handle, &id, filter, CInt(options.qos.rawValue), 0, nil)
      guard case .success = MosquittoCode(code) else { return nil }
      return UInt16(truncatingIfNeeded: id)
    }
    var properties: OpaquePointer?
    defer { unsafe mosquitto_property_free_all(&properties) }
    _ = unsafe mosquitto_property_add_varint(
      &properties, CInt(MQTT_PROP_SUBSCRIPTION_IDENTIFIER.rawValue), UInt32(clamping: options.identifier))
    let retain = options.fetchesRetained ? MQTT_SUB_OPT_SEND_RETAIN_ALWAYS : MQTT_SUB_OPT_SEND_RETAIN_NEVER
    let bits = CInt(retain.rawValue) | (options.retainAsPublished ? CInt(MQTT_SUB_OPT_RETAIN_AS_PUBLISHED.rawValue) : 0)
    let code = unsafe mosquitto_subscribe_v5(handle, &id, filter, CInt(options.qos.rawValue), bits, properties)
    guard case .success = MosquittoCode(code) else { return nil }
    return UInt16(truncatingIfNeeded: id)
  }

  /// Queues an UNSUBSCRIBE; without a connection there is nothing to end.
  func unsubscribe(from filter: String) {
    var id: CInt = 0
    _ = unsafe mosquitto_unsubscribe_v5(handle, &id, filter, nil)
  }
}
