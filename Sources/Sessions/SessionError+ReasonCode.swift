extension SessionError {
  /// What an MQTT 5 device is told before its connection is closed (MQTT 5 §2.4, §4.13).
  var reasonCode: ReasonCode {
    switch self {
    case .idle, .lineTooLong, .frameTooLong, .connectMissing: .unspecifiedError
    case .keepAliveExpired: .keepAliveTimeout
    case .kindReserved, .flagsInvalid, .remainingLengthMalformed, .packetTruncated, .packetOverlong, .textInvalid,
      .connectFlagsInvalid, .topicInvalid, .filterInvalid, .duplicateWithoutAcknowledgement,
      .subscriptionOptionsInvalid,
      .variableIntegerMalformed, .propertyUnknown, .reasonInvalid:
      .malformedPacket
    // [MQTT-3.1.2-12] [MQTT-3.3.1-4], and §3.8.3.1 has another word for the same.
    case .qosInvalid(let kind): kind == .subscribe ? .protocolError : .malformedPacket
    case .packetTooLarge: .packetTooLarge
    case .packetUnexpected, .connectRepeated, .packetIDZero, .packetIDInUse, .filtersMissing, .retainHandlingInvalid,
      .noLocalOnShared, .propertyRepeated, .propertyInvalid, .topicMissing, .topicAliasUnknown,
      .sessionExpiryRaised:
      .protocolError
    case .protocolNameInvalid, .protocolLevelUnsupported: .unsupportedProtocolVersion
    case .clientIDMissing, .clientIDTooLong: .clientIdentifierNotValid
    case .authenticationMethodUnsupported: .badAuthenticationMethod
    // Only this one is correctly formed (§3.14.2.1).
    case .topicTooLong: .topicNameInvalid
    case .filterTooLong: .topicFilterInvalid
    case .filtersTooMany: .quotaExceeded
    case .topicAliasInvalid: .topicAliasInvalid
    case .receiveMaximumExceeded: .receiveMaximumExceeded
    }
  }

  /// Whether a 3.1.1 device is told in a CONNACK [MQTT-3.1.2-2] [MQTT-3.1.3-8] [MQTT-3.1.3-9]; otherwise the connection is
  /// closed without a word.
  var isAnsweredInVersion3: Bool {
    switch self {
    case .protocolLevelUnsupported, .clientIDMissing, .clientIDTooLong: true
    default: false
    }
  }
}

extension ReasonCode {
  /// The CONNACK return code of 3.1.1 that comes closest (MQTT 3.1.1 §3.2.2.3).
  var returnCode: UInt8 {
    switch self {
    case .success: 0
    case .unsupportedProtocolVersion: 1
    case .clientIdentifierNotValid: 2
    case .notAuthorized: 5
    default: 3
    }
  }
}
