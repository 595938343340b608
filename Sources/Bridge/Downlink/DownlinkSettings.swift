/// Everything that can be set about what comes from the broker.
public struct DownlinkSettings: Sendable {
  /// The brokers, tried in this order.
  public var brokers: [BrokerAddress]
  /// The client id; the connection that fetches retained messages has `-retained` behind it.
  public var clientID: String
  /// How often a silent connection is tried.
  public var keepAlive = Duration.seconds(30)
  /// How long a broker may take to let us in; then the next is tried.
  public var connectTimeout = Duration.seconds(10)
  /// The pause before a connection is tried again.
  public var reconnect = BackoffSettings()
  /// How long the broker keeps messages while the gateway is away, in seconds.
  public var sessionExpirySeconds: UInt32 = 7 * 86_400
  /// What an earlier run has subscribed to, by filter, with its subscription identifier.
  public var known: [String: Int] = [:]

  /// Settings for these brokers, everything else as it is by default.
  public init(brokers: [BrokerAddress], clientID: String) {
    self.brokers = brokers
    self.clientID = clientID
  }
}
