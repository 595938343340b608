/// What the owner of a session has to do, in the order of the array that it was appended to.
public enum SessionAction: Sendable, Equatable {
  /// Send these bytes to the device.
  case send([UInt8])
  /// The protocol is known and the device is online. It comes once at most, and before any publish.
  case opened(SessionOpening)
  /// The device published a message.
  case publish(SessionPublish)
  /// The device subscribes.
  case subscribe(SessionSubscribe)
  /// The device wants to hear something no more.
  case unsubscribe(SessionUnsubscribe)
  /// The device has answered for the delivery of this place in the store, or will never be sent it.
  case finished(sequence: Int64)
  /// A delivery was given up: its queue is full, it is too large for the device, or of no use any more.
  case dropped(SessionDelivery)
  /// Read no more from the device: too many of its messages are unsettled. Bytes that were already on their way are
  /// still handed to the session, which holds them back.
  case pauseReading
  /// Read from the device again.
  case resumeReading
  /// Close the connection once what was sent is out. Nothing comes after it.
  case close(SessionEnd)
}
