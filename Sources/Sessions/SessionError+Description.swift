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
    case .kindReserved(let kind): "packet type \(kind) is reserved in MQTT 3.1.1"
    case .flagsInvalid(let kind, let flags): "\(kind) has flags \(flags) in its fixed header"
    case .remainingLengthMalformed: "a remaining length has more than 4 bytes"
    case .packetTooLarge(let bytes, let limit): "a packet of \(bytes) bytes is announced; at most \(limit) are allowed"
    case .packetTruncated(let kind): "the fields of \(kind) reach past its end"
    case .packetOverlong(let kind): "\(kind) has bytes behind its last field"
    case .packetUnexpected(let kind): "\(kind) is not expected here"
    case .textInvalid: "a text is not UTF-8 or holds U+0000"
    case .protocolNameInvalid: "CONNECT does not name the protocol MQTT"
    case .protocolLevelUnsupported(let level): "CONNECT asks for protocol level \(level); MQTT 3.1.1 is level 4"
    case .connectFlagsInvalid(let clause): "the connect flags break \(clause)"
    case .clientIDMissing: "an empty client id needs clean session 1"
    case .clientIDTooLong(let bytes, let limit): "the client id has \(bytes) bytes; at most \(limit) are allowed"
    case .willUnsupported: "CONNECT has a will; wills are not offered"
    case .connectRepeated: "a second CONNECT"
    case .topicInvalid(let reason): "the topic of PUBLISH cannot be used: \(reason)"
    case .topicTooLong(let bytes, let limit): "a topic has \(bytes) bytes; at most \(limit) are allowed"
    case .filterInvalid(let reason): "a topic filter cannot be used: \(reason)"
    case .packetIDZero(let kind): "\(kind) has packet identifier 0"
    case .packetIDInUse(let packetID): "a new PUBLISH has packet identifier \(packetID), which waits for its PUBACK"
    case .qosInvalid(let kind): "\(kind) has QoS 3; 0 to 2 exist"
    case .qosUnsupported: "PUBLISH has QoS 2; 0 and 1 are offered"
    case .duplicateWithoutAcknowledgement: "PUBLISH has DUP with QoS 0"
    case .filtersMissing(let kind): "\(kind) has no topic filter"
    case .subscriptionOptionsInvalid: "SUBSCRIBE has reserved bits set beside a QoS"
    }
  }
}
