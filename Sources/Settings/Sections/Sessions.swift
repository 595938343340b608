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
    /// How many messages of QoS 1 and 2 may be under way to an MQTT device at once; it may want fewer.
    public var maximumInFlight = 100
    /// How many messages may wait for an MQTT session, connected or not; newer ones are dropped and counted.
    public var maximumQueued = 1_000
    /// How many bytes may wait for it; then likewise.
    public var maximumQueuedBytes = 1 << 20
    /// How many subscriptions an MQTT session may have; more are refused.
    public var maximumSubscriptions = 100
    /// How many topic aliases an MQTT 5 device may use, and is sent at most (Topic Alias Maximum); a larger one closes the
    /// connection.
    public var maximumTopicAliases = 16
    /// For how long an MQTT session is kept after its connection; a device that asks for more gets this.
    public var maximumExpiry = Duration.seconds(7 * 86_400)
    /// The longest keep-alive of an MQTT 5 device, which is told (Server Keep Alive) where it asks for more; 0 sets no bound.
    public var maximumKeepAlive = Duration.zero

    /// The defaults.
    public init() {}
  }
}
