/// What became of a message that a device waits for.
public enum PublishOutcome: Sendable {
  /// The broker or the spool has it.
  case accepted
  /// It will never be passed on (a topic that the device may not use, a broker that refuses it). MQTT 5 says so in PUBACK or
  /// PUBREC. MQTT 3.1.1 cannot: the device gets its acknowledgement all the same, or it would send it for ever
  /// [MQTT-3.3.5-2]. Where the device should rather keep the message, close the session and don't settle.
  case rejected(ReasonCode)
}
