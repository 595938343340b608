/// What a device did that ends its session.
enum SessionError: Error, Hashable, Sendable {
  /// No whole line or frame came in time.
  case idle(Duration)
  /// A line is longer than the limit.
  case lineTooLong(limit: Int)
  /// A frame announces more than the limit.
  case frameTooLong(bytes: Int, limit: Int)

  /// No CONNECT came in time.
  case connectMissing(Duration)
  /// No packet came for one and a half times the keep-alive [MQTT-3.1.2-24].
  case keepAliveExpired(seconds: UInt16)
  /// A packet type that MQTT 3.1.1 reserves (§2.2.1).
  case kindReserved(UInt8)
  /// Flags in the fixed header other than the packet's own [MQTT-2.2.2-2].
  case flagsInvalid(PacketKind, flags: UInt8)
  /// A remaining length of more than four bytes (§2.2.3).
  case remainingLengthMalformed
  /// A packet larger than the limit.
  case packetTooLarge(bytes: Int, limit: Int)
  /// A packet whose fields do not fit its length.
  case packetTruncated(PacketKind)
  /// A packet with bytes behind its last field.
  case packetOverlong(PacketKind)
  /// A packet that the device may not send, or not now [MQTT-3.1.0-1].
  case packetUnexpected(PacketKind)
  /// A text that is not UTF-8, or holds U+0000 [MQTT-1.5.3-1] [MQTT-1.5.3-2].
  case textInvalid
  /// A CONNECT that does not start with the protocol name `MQTT` [MQTT-3.1.2-1].
  case protocolNameInvalid
  /// A CONNECT of another version than 3.1.1 [MQTT-3.1.2-2].
  case protocolLevelUnsupported(UInt8)
  /// Connect flags that contradict each other; the clause says how.
  case connectFlagsInvalid(clause: String)
  /// An empty client id with clean session 0 [MQTT-3.1.3-8].
  case clientIDMissing
  /// A client id longer than the limit (§3.1.3.1).
  case clientIDTooLong(bytes: Int, limit: Int)
  /// A CONNECT with an Authentication Method, which is not offered (MQTT 5 §4.12).
  case authenticationMethodUnsupported
  /// A second CONNECT [MQTT-3.1.0-2].
  case connectRepeated
  /// A topic that no message can be published to (§4.7).
  case topicInvalid(reason: String)
  /// A topic longer than the limit.
  case topicTooLong(bytes: Int, limit: Int)
  /// A topic filter that no topic can match (§4.7.1).
  case filterInvalid(reason: String)
  /// A topic filter longer than the limit.
  case filterTooLong(bytes: Int, limit: Int)
  /// Packet identifier 0 [MQTT-2.3.1-1].
  case packetIDZero(PacketKind)
  /// A new PUBLISH under a packet identifier that still waits for its PUBACK [MQTT-2.3.1-2].
  case packetIDInUse(UInt16)
  /// QoS 3 [MQTT-3.3.1-4].
  case qosInvalid(PacketKind)
  /// DUP on QoS 0 [MQTT-3.3.1-2].
  case duplicateWithoutAcknowledgement
  /// A SUBSCRIBE or UNSUBSCRIBE without a filter [MQTT-3.8.3-3] [MQTT-3.10.3-2].
  case filtersMissing(PacketKind)
  /// More filters in one packet than the limit.
  case filtersTooMany(count: Int, limit: Int)
  /// Reserved bits of a requested QoS or of subscription options [MQTT-3-8.3-4] [MQTT-3.8.3-5].
  case subscriptionOptionsInvalid
  /// Retain Handling 3 (MQTT 5 §3.8.3.1).
  case retainHandlingInvalid
  /// No Local on a shared subscription [MQTT-3.8.3-4].
  case noLocalOnShared
  /// A Variable Byte Integer of more than four bytes (MQTT 5 §1.5.5).
  case variableIntegerMalformed(PacketKind)
  /// A property that does not exist, or not in this packet (MQTT 5 §2.2.2.2).
  case propertyUnknown(PacketKind, identifier: Int)
  /// A property that may be there once is there twice (MQTT 5 §2.2.2.2).
  case propertyRepeated(PacketKind, PacketProperties.Name)
  /// A property with a value that it cannot have.
  case propertyInvalid(PacketKind, PacketProperties.Name)
  /// A reason code that a client cannot send in this packet (MQTT 5 §2.4).
  case reasonInvalid(PacketKind, UInt8)
  /// A PUBLISH with neither a topic nor an alias for one (MQTT 5 §3.3.2.1).
  case topicMissing
  /// A topic alias that is 0 or beyond the maximum [MQTT-3.3.2-8] [MQTT-3.3.2-9].
  case topicAliasInvalid(UInt16, limit: Int)
  /// A topic alias that stands for nothing yet (MQTT 5 §3.3.4).
  case topicAliasUnknown(UInt16)
  /// More unacknowledged messages than the device was told (MQTT 5 §3.3.4).
  case receiveMaximumExceeded(limit: Int)
  /// A session that was to end with its connection shall be kept after all (MQTT 5 §3.14.2.2.2).
  case sessionExpiryRaised
}
