extension GatewayConfiguration {
  /// Which broker, and how the gateway identifies itself to it. Secrets are in files of their own.
  public struct Broker: Sendable, Equatable {
    /// Which broker.
    public var choice = Choice.embedded
    /// The loopback port of the embedded broker: one that is taken is an error, 0 is any free one, nil is 1883 if that is
    /// free, else any.
    public var embeddedPort: Int?
    /// The user name.
    public var user: String?
    /// The file with the password in its first line.
    public var passwordFile: String?
    /// The PEM file with the certificates that vouch for an `mqtts://` broker; unless set, the system's.
    public var caFile: String?
    /// The PEM file with the gateway's own certificate chain.
    public var certificateFile: String?
    /// The PEM file with the key of that certificate.
    public var keyFile: String?
    /// The identity for a broker that takes TLS-PSK.
    public var pskIdentity: String?
    /// The file with the key for that identity, in hex, in its first line.
    public var pskKeyFile: String?

    /// The defaults.
    public init() {}
  }
}

extension GatewayConfiguration.Broker {
  /// Which broker.
  public enum Choice: Sendable, Equatable {
    /// A private Mosquitto on loopback, started and ended with the gateway.
    case embedded
    /// Brokers of the operator's, tried in order; never empty.
    case remote([BrokerURL])
  }
}
