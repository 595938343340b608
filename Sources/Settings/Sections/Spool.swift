extension GatewayConfiguration {
  /// What is kept on disk while the broker is away.
  public struct Spool: Sendable, Equatable {
    /// How many bytes of messages are kept; then devices are slowed down and refused, QoS 0 first. Nothing acknowledged is
    /// dropped.
    public var maximumBytes = 1 << 30
    /// How old the oldest message may be; then as with `maximumBytes`.
    public var maximumAge = Duration.seconds(7 * 86_400)

    /// The defaults.
    public init() {}
  }
}
