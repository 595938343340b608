/// Something that libmosquitto has reported.
enum MosquittoEvent: Equatable {
  /// The broker has let us in.
  case connected(BrokerSession)
  /// A message has been written (QoS 0), or the broker has answered for it with this reason code.
  case published(id: UInt16, reason: UInt8)
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
