public import Model

/// Who a session's device said it is, and what it speaks.
public struct SessionOpening: Sendable, Equatable {
  /// What the device speaks; never `auto`.
  public var deviceProtocol: DeviceProtocol
  /// The MQTT client id, unless it was empty.
  public var clientID: String?
  /// The longest silence that the device promised, unless it promised none.
  public var keepAlive: Duration?

  /// Makes an opening; only MQTT knows of client ids and keep-alive.
  public init(deviceProtocol: DeviceProtocol, clientID: String? = nil, keepAlive: Duration? = nil) {
    self.deviceProtocol = deviceProtocol
    self.clientID = clientID
    self.keepAlive = keepAlive
  }
}
