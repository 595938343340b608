/// Where a broker is: `mqtt://HOST[:PORT]` or `mqtts://HOST[:PORT]`.
public struct BrokerURL: Sendable, Hashable, CustomStringConvertible {
  /// An IPv4 or IPv6 address without brackets, or a host name.
  public let host: String
  /// By default 1883 for `mqtt://` and 8883 for `mqtts://`.
  public let port: Int
  /// Whether it is spoken to over TLS.
  public let usesTLS: Bool

  /// Takes the three as they are.
  public init(host: String, port: Int, usesTLS: Bool) {
    self.host = host
    self.port = port
    self.usesTLS = usesTLS
  }

  /// Reads a URL; nil if `text` is none of the two kinds, or has a user, a password, a path or a query in it.
  public init?(_ text: String) {
    let scheme = text.hasPrefix("mqtts://") ? "mqtts://" : "mqtt://"
    guard text.hasPrefix(scheme) else { return nil }
    let rest = text.dropFirst(scheme.count)
    guard let endpoint = Endpoint(rest.hasSuffix("/") ? rest.dropLast() : rest), endpoint.port != 0 else { return nil }
    usesTLS = scheme == "mqtts://"
    host = endpoint.host
    port = endpoint.port ?? (usesTLS ? 8883 : 1883)
  }

  /// The URL, port included.
  public var description: String {
    "\(usesTLS ? "mqtts" : "mqtt")://\(ListenAddress(host: host, port: port))"
  }
}
