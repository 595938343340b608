public import Model

/// Who a session's device said it is, and what it speaks.
public struct SessionOpening: Sendable, Equatable {
  /// What the device speaks; never `auto`.
  public var deviceProtocol: DeviceProtocol
  /// The MQTT client id, unless it was empty.
  public var clientID: String?
  /// The longest silence that the device promised, unless it promised none.
  public var keepAlive: Duration?
  /// What an MQTT device asks for, which waits for ``DeviceSession/accept(_:now:into:)`` or a refusal; nil for others.
  public var connect: SessionConnect?

  /// Makes an opening; only MQTT knows of client ids and keep-alive.
  public init(
    deviceProtocol: DeviceProtocol, clientID: String? = nil, keepAlive: Duration? = nil, connect: SessionConnect? = nil
  ) {
    self.connect = connect
    self.deviceProtocol = deviceProtocol
    self.clientID = clientID
    self.keepAlive = keepAlive
  }
}
