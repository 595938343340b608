extension GatewayConfiguration {
  /// Whether and how the broker learns who is online.
  public struct Presence: Sendable, Equatable {
    /// Whether presence is published at all.
    public var enabled = true
    /// How long devices may take to come back after the gateway was killed, before they are said to be offline.
    public var restartGrace = Duration.seconds(30)

    /// The defaults.
    public init() {}
  }
}
