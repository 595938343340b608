extension GatewayConfiguration {
  /// Whether and how the broker learns of refused handshakes.
  public struct Rejections: Sendable, Equatable {
    /// Whether they are published at all; the log has them in any case.
    public var enabled = true
    /// How many are published a second; more are added up in the `count` of the next one.
    public var maximumPerSecond = 10

    /// The defaults.
    public init() {}
  }
}
