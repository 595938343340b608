import Model

/// Something that libmosquitto has reported.
enum MosquittoEvent: Equatable {
  /// The broker has let us in.
  case connected(BrokerSession)
  /// A message has been written (QoS 0), or the broker has answered for it with this reason code.
  case published(id: UInt16, reason: UInt8)
  /// The broker has answered a SUBSCRIBE of one filter, with this reason code.
  case subscribed(id: UInt16, reason: UInt8)
  /// A message has come.
  case received(ReceivedMessage)
}

/// Which version of MQTT a broker knows.
enum BrokerVersion: Sendable {
  /// 3.1.1: no properties, no subscription identifiers or options, no reasons.
  case v3
  /// 5.0.
  case v5
}

/// A message from the broker.
struct ReceivedMessage: Equatable {
  var message: Message
  /// The subscriptions that it comes from (MQTT 5 §3.3.2.3.8); none under MQTT 3.1.1.
  var subscriptionIdentifiers: [Int]
}

/// What the broker says of itself and of us in CONNACK (MQTT 5 §3.2.2).
struct BrokerSession: Equatable {
  /// How many unacknowledged messages it takes at once.
  var receiveMaximum: Int
  /// Whether it knows this client's session from an earlier connection.
  var isPresent: Bool
}

/// What libmosquitto said to a message.
enum PublishResult: Equatable {
  /// It is queued; the answer will bear this packet identifier.
  case accepted(id: UInt16)
  /// There is no connection any more.
  case notConnected
  /// It cannot be sent to this broker.
  case refused(String)
}

/// How a connection stands after input or output.
enum ConnectionState: Equatable {
  /// It goes on.
  case open
  /// It has ended.
  case closed(reason: String)
}
