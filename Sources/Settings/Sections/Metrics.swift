extension GatewayConfiguration {
  /// Where metrics and health can be asked for beside the control socket.
  public struct Metrics: Sendable, Equatable {
    /// The address of the page; none unless set.
    public var listen: ListenAddress?
    /// Whether that may be reached from other machines: whoever reaches it may read it.
    public var allowRemote = false

    /// The defaults.
    public init() {}
  }
}
