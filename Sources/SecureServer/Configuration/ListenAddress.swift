/// Where a server listens.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// An IPv4 or IPv6 address or a host name, whose first address it is, and a TCP port; port 0 picks a free one. `::` takes
  /// IPv4 as well, whatever the system's default (net.ipv6.bindv6only), unless it is `ipv6Only` (IPV6_V6ONLY, ipv6(7)).
  case host(String, port: Int, ipv6Only: Bool = false)
  /// A Unix domain socket at a path of at most 107 bytes. One that a dead server has left there is removed first; a file
  /// of another kind, or a socket where a server answers, is an error and stays.
  case unixDomainSocket(path: String)
  /// A listening stream socket that somebody else opened (systemd's socket activation); the server owns it from the
  /// moment that it listens. Its own options stay, but for ``SecureServerConfiguration/backlog`` and, for TCP,
  /// ``SecureServerConfiguration/tcp``.
  case inherited(descriptor: CInt)

  /// `host:port`, `[::]:8883 (IPv6 only)`, `unix:path` or `descriptor:3`.
  public var description: String {
    switch self {
    case .host(let host, let port, let ipv6Only):
      (host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)") + (ipv6Only ? " (IPv6 only)" : "")
    case .unixDomainSocket(let path): "unix:\(path)"
    case .inherited(let descriptor): "descriptor:\(descriptor)"
    }
  }

  func validate() throws(SecureServerError) {
    switch self {
    case .host(let host, let port, _):
      guard (0...65_535).contains(port) else {
        throw .invalidSetting("addresses", reason: "port \(port) is outside 0...65535")
      }
      guard !host.isEmpty, !host.utf8.contains(0) else {
        throw .invalidSetting("addresses", reason: "'\(host)' is no host")
      }
    case .unixDomainSocket(let path):
      guard (1...107).contains(path.utf8.count), !path.utf8.contains(0) else {
        throw .invalidSetting("addresses", reason: "a socket's path has 1 to 107 bytes, none of them NUL: '\(path)'")
      }
    case .inherited(let descriptor):
      guard descriptor >= 0 else {
        throw .invalidSetting("addresses", reason: "descriptor \(descriptor) is negative")
      }
    }
  }
}
