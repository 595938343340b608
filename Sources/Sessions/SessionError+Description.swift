extension SessionError: CustomStringConvertible {
  /// Whether the device did nothing wrong but stay silent.
  var isTimeout: Bool {
    switch self {
    case .idle, .connectMissing, .keepAliveExpired: true
    default: false
    }
  }

  /// One line that says what was wrong and what is allowed, and shows no bytes of the device.
  var description: String {
    switch self {
    case .idle(let limit): "no message for \(limit)"
    case .lineTooLong(let limit): "a line is longer than \(limit) bytes"
    case .frameTooLong(let bytes, let limit): "a frame of \(bytes) bytes is announced; at most \(limit) are allowed"
    case .connectMissing(let limit): "no CONNECT within \(limit)"
    case .keepAliveExpired(let seconds): "no packet for one and a half times its keep-alive of \(seconds) s"
    case .kindReserved(let kind): "packet type \(kind) is reserved"
    case .flagsInvalid(let kind, let flags): "\(kind) has flags \(flags) in its fixed header"
    case .remainingLengthMalformed: "a remaining length has more than 4 bytes"
    case .packetTooLarge(let bytes, let limit): "a packet of \(bytes) bytes is announced; at most \(limit) are allowed"
    case .packetTruncated(let kind): "the fields of \(kind) reach past its end"
    case .packetOverlong(let kind): "\(kind) has bytes behind its last field"
    case .packetUnexpected(let kind): "\(kind) is not expected here"
    case .textInvalid: "a text is not UTF-8 or holds U+0000"
    case .protocolNameInvalid: "CONNECT does not name the protocol MQTT"
    case .protocolLevelUnsupported(let level):
      "CONNECT asks for protocol level \(level); MQTT 3.1.1 is level 4, 5.0 level 5"
    case .connectFlagsInvalid(let clause): "the connect flags break \(clause)"
    case .clientIDMissing: "an empty client id needs clean session 1"
    case .clientIDTooLong(let bytes, let limit): "the client id has \(bytes) bytes; at most \(limit) are allowed"
    case .authenticationMethodUnsupported: "CONNECT has an authentication method; none is offered beside TLS-PSK"
    case .connectRepeated: "a second CONNECT"
    case .topicInvalid(let reason): "the topic of PUBLISH cannot be used: \(reason)"
    case .topicTooLong(let bytes, let limit): "a topic has \(bytes) bytes; at most \(limit) are allowed"
    case .filterInvalid(let reason): "a topic filter cannot be used: \(reason)"
    case .filterTooLong(let bytes, let limit): "a topic filter has \(bytes) bytes; at most \(limit) are allowed"
    case .packetIDZero(let kind): "\(kind) has packet identifier 0"
    case .packetIDInUse(let packetID): "a new PUBLISH has packet identifier \(packetID), which waits for its PUBACK"
    case .qosInvalid(let kind): "\(kind) has QoS 3; 0 to 2 exist"
    case .duplicateWithoutAcknowledgement: "PUBLISH has DUP with QoS 0"
    case .filtersMissing(let kind): "\(kind) has no topic filter"
    case .filtersTooMany(let count, let limit): "a packet has \(count) topic filters; at most \(limit) are allowed"
    case .subscriptionOptionsInvalid: "SUBSCRIBE has reserved bits set beside a QoS"
    case .retainHandlingInvalid: "SUBSCRIBE has Retain Handling 3; 0 to 2 exist"
    case .noLocalOnShared: "SUBSCRIBE asks for No Local on a shared subscription"
    case .variableIntegerMalformed(let kind): "a Variable Byte Integer in \(kind) has more than 4 bytes"
    case .propertyUnknown(let kind, let identifier): "\(kind) cannot have property \(identifier)"
    case .propertyRepeated(let kind, let name): "\(kind) has the property \(name) twice"
    case .propertyInvalid(let kind, let name): "\(kind) has a value of \(name) that is not allowed"
    case .reasonInvalid(let kind, let code): "\(kind) has reason code \(code), which a client cannot send"
    case .topicMissing: "PUBLISH has neither a topic nor a topic alias"
    case .topicAliasInvalid(let alias, let limit): "topic alias \(alias) is not within 1 and \(limit)"
    case .topicAliasUnknown(let alias): "topic alias \(alias) stands for no topic"
    case .receiveMaximumExceeded(let limit): "more than \(limit) messages wait for their acknowledgement"
    case .sessionExpiryRaised: "DISCONNECT keeps a session that CONNECT wanted to end with the connection"
    }
  }
}
