extension GatewayConfiguration {
  /// Which proxies say for whom they connect.
  public struct ProxyProtocol: Sendable, Equatable {
    /// The networks that load balancers connect from; none unless set.
    public var trusted: [NetworkRange] = []

    /// The defaults.
    public init() {}
  }
}
