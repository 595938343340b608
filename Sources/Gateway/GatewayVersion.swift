/// Which version this is.
public enum GatewayVersion {
  /// As `gatewayd --version` says it.
  public static let current = "0.1.0"
}
