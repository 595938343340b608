/// Where a server listens.
public enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// An IPv4 or IPv6 address or a host name, and a TCP port; port 0 picks a free one. `::` takes IPv4 as well.
  case host(String, port: Int)
  /// A Unix domain socket at a path of at most 107 bytes. A stale socket is removed first.
  case unixDomainSocket(path: String)
  /// A listening socket that somebody else opened (systemd's socket activation); the server owns it from now on.
  case inherited(descriptor: CInt)

  /// `host:port`, `unix:path` or `descriptor:3`.
  public var description: String {
    switch self {
    case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unixDomainSocket(let path): "unix:\(path)"
    case .inherited(let descriptor): "descriptor:\(descriptor)"
    }
  }
}
