extension GatewayConfiguration {
  /// What is kept on disk while the broker is away.
  public struct Spool: Sendable, Equatable {
    /// How long the broker may take to acknowledge a message before it is put on disk; while the broker is away messages go
    /// there at once.
    public var after = Duration.seconds(2)
    /// How many bytes of messages are kept; then devices are slowed down and refused, QoS 0 first. Nothing acknowledged is
    /// dropped.
    public var maximumBytes = 1 << 30
    /// How old the oldest message may be; then as with `maximumBytes`.
    public var maximumAge = Duration.seconds(7 * 86_400)

    /// The defaults.
    public init() {}
  }
}
