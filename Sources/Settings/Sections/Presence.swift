extension GatewayConfiguration {
  /// Whether and how the broker learns who is online.
  public struct Presence: Sendable, Equatable {
    /// Whether presence is published at all.
    public var enabled = true

    /// The defaults.
    public init() {}
  }
}
