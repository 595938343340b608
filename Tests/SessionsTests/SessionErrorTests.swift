import Model
import Testing

@testable import Sessions

/// What a log shows when a device breaks its protocol.
struct SessionErrorTests {
  static let timeouts: [(SessionError, String)] = [
    (.idle(.seconds(600)), "no message for 600.0 seconds"),
    (.connectMissing(.seconds(10)), "no CONNECT within 10.0 seconds"),
    (.keepAliveExpired(seconds: 60), "no packet for one and a half times its keep-alive of 60 s"),
  ]

  @Test(arguments: timeouts)
  func `silence is a timeout`(error: SessionError, text: String) {
    #expect(SessionEnd(error) == SessionEnd(reason: .timeout, text: text))
  }

  static let violations: [(SessionError, String)] = [
    (.lineTooLong(limit: 8_192), "a line is longer than 8192 bytes"),
    (.frameTooLong(bytes: 9, limit: 8), "a frame of 9 bytes is announced; at most 8 are allowed"),
    (.kindReserved(15), "packet type 15 is reserved"),
    (.flagsInvalid(.pubrel, flags: 0), "PUBREL has flags 0 in its fixed header"),
    (.remainingLengthMalformed, "a remaining length has more than 4 bytes"),
    (.packetTooLarge(bytes: 9, limit: 8), "a packet of 9 bytes is announced; at most 8 are allowed"),
    (.packetTruncated(.connect), "the fields of CONNECT reach past its end"),
    (.packetOverlong(.pingreq), "PINGREQ has bytes behind its last field"),
    (.packetUnexpected(.suback), "SUBACK is not expected here"),
    (.textInvalid, "a text is not UTF-8 or holds U+0000"),
    (.protocolNameInvalid, "CONNECT does not name the protocol MQTT"),
    (.protocolLevelUnsupported(6), "CONNECT asks for protocol level 6; MQTT 3.1.1 is level 4, 5.0 level 5"),
    (.connectFlagsInvalid(clause: "[MQTT-3.1.2-3]"), "the connect flags break [MQTT-3.1.2-3]"),
    (.clientIDMissing, "an empty client id needs clean session 1"),
    (.clientIDTooLong(bytes: 300, limit: 256), "the client id has 300 bytes; at most 256 are allowed"),
    (.connectRepeated, "a second CONNECT"),
    (.topicInvalid(reason: "it is empty"), "the topic of PUBLISH cannot be used: it is empty"),
    (.topicTooLong(bytes: 9, limit: 8), "a topic has 9 bytes; at most 8 are allowed"),
    (.filterInvalid(reason: "it is empty"), "a topic filter cannot be used: it is empty"),
    (.filterTooLong(bytes: 9, limit: 8), "a topic filter has 9 bytes; at most 8 are allowed"),
    (.packetIDZero(.subscribe), "SUBSCRIBE has packet identifier 0"),
    (.packetIDInUse(7), "a new PUBLISH has packet identifier 7, which waits for its PUBACK"),
    (.qosInvalid(.publish), "PUBLISH has QoS 3; 0 to 2 exist"),
    (.duplicateWithoutAcknowledgement, "PUBLISH has DUP with QoS 0"),
    (.filtersMissing(.unsubscribe), "UNSUBSCRIBE has no topic filter"),
    (.subscriptionOptionsInvalid, "SUBSCRIBE has reserved bits set beside a QoS"),
    (.authenticationMethodUnsupported, "CONNECT has an authentication method; none is offered beside TLS-PSK"),
    (.filtersTooMany(count: 101, limit: 100), "a packet has 101 topic filters; at most 100 are allowed"),
    (.retainHandlingInvalid, "SUBSCRIBE has Retain Handling 3; 0 to 2 exist"),
    (.noLocalOnShared, "SUBSCRIBE asks for No Local on a shared subscription"),
    (.variableIntegerMalformed(.publish), "a Variable Byte Integer in PUBLISH has more than 4 bytes"),
    (.propertyUnknown(.publish, identifier: 17), "PUBLISH cannot have property 17"),
    (.propertyRepeated(.connect, .receiveMaximum), "CONNECT has the property receiveMaximum twice"),
    (.propertyInvalid(.connect, .receiveMaximum), "CONNECT has a value of receiveMaximum that is not allowed"),
    (.reasonInvalid(.puback, 1), "PUBACK has reason code 1, which a client cannot send"),
    (.topicMissing, "PUBLISH has neither a topic nor a topic alias"),
    (.topicAliasInvalid(17, limit: 16), "topic alias 17 is not within 1 and 16"),
    (.topicAliasUnknown(3), "topic alias 3 stands for no topic"),
    (.receiveMaximumExceeded(limit: 100), "more than 100 messages wait for their acknowledgement"),
    (.sessionExpiryRaised, "DISCONNECT keeps a session that CONNECT wanted to end with the connection"),
  ]

  @Test(arguments: violations)
  func `anything else is a protocol error`(error: SessionError, text: String) {
    #expect(SessionEnd(error) == SessionEnd(reason: .protocolError, text: text))
  }

  @Test func `a log never shows what the device wrote`() {
    for secret in ["pass+word", "#secret", "\u{1B}[2J+"] {
      var conversation = Conversation.connected()
      conversation.device(sends: packet(0x30, text(secret)))
      #expect(conversation.actions.end?.text == "the topic of PUBLISH cannot be used: a topic has no '+', '#' or NUL")
      var subscriber = Conversation.connected()
      subscriber.device(sends: packet(0x82, [0, 1] + text(secret + "#/x") + [0]))
      #expect(subscriber.actions.end?.text.contains(secret) == false)
    }
  }

  @Test(arguments: PacketKind.allCases)
  func `packets are called what the specification calls them`(kind: PacketKind) {
    #expect(kind.description == kind.description.uppercased())
    #expect("\(kind)".lowercased() == String(reflecting: kind).split(separator: ".").last.map { $0.lowercased() })
  }
}
