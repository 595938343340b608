/// What was said on gatewayd's command line, as it was written there; it wins over environment and file.
public struct CommandLineOverrides: Sendable, Equatable {
  /// `--listen`, each one.
  public var listen: [String] = []
  /// `--devices`.
  public var devices: String?
  /// `--broker`, each one.
  public var broker: [String] = []
  /// `--embedded-broker-port`.
  public var embeddedBrokerPort: String?
  /// `--state`.
  public var state: String?
  /// `--node`.
  public var node: String?
  /// `--log-level`.
  public var logLevel: String?
  /// `--log-format`.
  public var logFormat: String?

  /// Nothing was said.
  public init() {}
}
