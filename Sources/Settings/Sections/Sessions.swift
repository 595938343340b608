extension GatewayConfiguration {
  /// What is expected of a connected device.
  public struct Sessions: Sendable, Equatable {
    /// The longest line or frame, in bytes; a longer one closes the connection.
    public var maximumLine = 8192
    /// The largest MQTT packet, in bytes; a larger one closes the connection, and MQTT 5 clients are told the limit.
    public var maximumPacket = 256 << 10
    /// How long an MQTT device may take for its CONNECT; then it is cut off.
    public var connectTimeout = Duration.seconds(10)
    /// How long a device whose protocol is `auto` may be silent; then it is a lines device.
    public var autoSilence = Duration.seconds(10)
    /// How long a lines or frames device may be silent; then it is cut off.
    public var idleTimeout = Duration.seconds(3600)
    /// How many QoS 1 and 2 messages may be unacknowledged in either direction (Receive Maximum, MQTT 5 §3.1.2.11.3);
    /// downwards the next ones wait, a device that sends more is cut off.
    public var maximumUnacknowledged = 100

    /// The defaults.
    public init() {}
  }
}
