/// Something that libmosquitto has reported.
enum MosquittoEvent: Equatable {
  /// The broker has let us in, and takes this many unacknowledged messages at once (MQTT 5 §3.2.2.3.3).
  case connected(receiveMaximum: Int)
  /// A message has been written (QoS 0), or the broker has answered for it with this reason code.
  case published(id: UInt16, reason: UInt8)
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
