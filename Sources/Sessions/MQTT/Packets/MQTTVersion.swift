/// A version of MQTT, by its protocol level (MQTT 5 §3.1.2.2).
public enum MQTTVersion: UInt8, Sendable, CaseIterable {
  /// MQTT 3.1.1.
  case v3 = 4
  /// MQTT 5.0.
  case v5 = 5
}
