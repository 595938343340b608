/// What the owner of a session has to do, in the order of the array that it was appended to.
public enum SessionAction: Sendable, Equatable {
  /// Send these bytes to the device.
  case send([UInt8])
  /// The protocol is known and the device is online. It comes once at most, and before any publish.
  case opened(SessionOpening)
  /// The device published a message.
  case publish(SessionPublish)
  /// Read no more from the device: too many of its messages are unsettled. Bytes that were already on their way are
  /// still handed to the session, which holds them back.
  case pauseReading
  /// Read from the device again.
  case resumeReading
  /// Close the connection once what was sent is out. Nothing comes after it.
  case close(SessionEnd)
}
