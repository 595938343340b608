extension GatewayConfiguration {
  /// How messages are handed to the broker.
  public struct Bridge: Sendable, Equatable {
    /// How many connections carry uplink messages; a device always uses the same one.
    public var connections = 2
    /// How many messages may be unacknowledged on one connection; the next ones wait. A broker that announces a smaller
    /// Receive Maximum (MQTT 5 §3.2.2.3.3) is heeded.
    public var window = 20
    /// How many messages may wait in memory; over three quarters of it devices are not read, over it QoS 0 is dropped and
    /// the rest goes to the spool.
    public var outboxMessages = 100_000
    /// How many bytes may wait in memory; then as with `outboxMessages`.
    public var outboxBytes = 64 << 20
    /// How long a connection to the broker may be silent before it is probed (MQTT 5 §3.1.2.10), in whole seconds.
    public var keepAlive = Duration.seconds(30)
    /// How long a broker may take to let the gateway in; then the next one is tried.
    public var connectTimeout = Duration.seconds(10)
    /// How long QoS 0 messages wait for a broker that is away; then they are dropped and counted.
    public var patience = Duration.seconds(30)
    /// The wait before the first attempt to connect again; doubled each time.
    public var backoffMinimum = Duration.seconds(1)
    /// The longest wait between two attempts.
    public var backoffMaximum = Duration.seconds(30)

    /// The defaults.
    public init() {}
  }
}
