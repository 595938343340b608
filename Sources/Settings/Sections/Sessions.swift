extension GatewayConfiguration {
  /// What is expected of a connected device.
  public struct Sessions: Sendable, Equatable {
    /// The longest line, in bytes without its end; a longer one closes the connection.
    public var maximumLine = 8192
    /// The longest frame, in bytes behind its length; a longer one closes the connection.
    public var maximumFrame = 256 << 10
    /// The largest MQTT packet, in bytes; a larger one closes the connection, and MQTT 5 clients are told the limit.
    public var maximumPacket = 256 << 10
    /// The longest topic that a device may publish to, in bytes; a longer one closes the connection.
    public var maximumTopic = 1024
    /// The longest MQTT client id, in bytes; a longer one is refused.
    public var maximumClientID = 256
    /// How long an MQTT device may take for its CONNECT; then it is cut off.
    public var connectTimeout = Duration.seconds(10)
    /// How long a device whose protocol is `auto` may be silent; then it is a lines device.
    public var autoSilence = Duration.seconds(10)
    /// How long a lines or frames device may be silent; then it is cut off.
    public var idleTimeout = Duration.seconds(600)
    /// How many messages of a device may wait for their acknowledgement (Receive Maximum, MQTT 5 §3.2.2.3.3); when there
    /// are more, the device is not read until half of them have it.
    public var maximumUnacknowledged = 100

    /// The defaults.
    public init() {}
  }
}
