import Platform

/// Where the server listens: a host and a TCP port.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// Every address of this machine, IPv6 and IPv4, port 8883 (IANA's secure-mqtt).
  public static let standard = ListenAddress(host: "::", port: 8883)

  /// An IPv4 or IPv6 address without brackets, or a host name.
  public let host: String
  /// 0 lets the system choose a free one.
  public let port: Int

  /// Takes `host` and `port` as they are.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT` or `[IPV6]:PORT`; nil if `text` is neither.
  public init?(_ text: String) {
    guard let endpoint = Endpoint(text), let port = endpoint.port else { return nil }
    self.init(host: endpoint.host, port: port)
  }

  /// Whether only this machine reaches it.
  public var isLoopback: Bool {
    host == "localhost" || host == "::1" || IPAddress(host).map { $0.description.hasPrefix("127.") } == true
  }

  /// As it is written in gateway.yaml.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
