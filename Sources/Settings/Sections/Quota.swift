extension GatewayConfiguration {
  /// How much one device may send, unless its own record says so; nil is no limit of its own.
  public struct Quota: Sendable, Equatable {
    /// Messages a second; a device that sends more is read more slowly.
    public var messagesPerSecond: Int?
    /// Payload bytes a second; a device that sends more is read more slowly.
    public var bytesPerSecond: Int?
    /// Bytes in one payload; a larger one is refused.
    public var payloadBytes: Int?

    /// The defaults.
    public init() {}
  }
}
