import NIOCore

/// Who may say, in front of TLS, for whom a connection is made: the PROXY protocol of HAProxy, versions 1 and 2
/// (https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt).
///
/// From a trusted peer the header is required: without one its connections would pass for the proxy's own, and whoever
/// gets through a proxy that adds none could write one himself. A connection without it, or with a broken one, fails with
/// ``HandshakeFailure/Reason/invalidProxyHeader(_:)``. From any other peer a header is not TLS and fails with
/// ``HandshakeFailure/Reason/notTLS``; TLS without one is served as ever. So name the proxies, and not a network that
/// clients are in as well.
///
/// The address in the header is the one that limits, events, the ``PreSharedKeyOffer`` and the application see. It has
/// to come, together with the ClientHello, within ``SecureServerConfiguration/handshakeTimeout``. A proxy that speaks for
/// itself (`LOCAL` in version 2: health checks) or doesn't know for whom (`UNKNOWN` in version 1, an unspecified or a Unix
/// address in version 2) is taken as the peer that it is. Extensions (TLVs), the CRC32c among them, are passed over: TCP has
/// a checksum as well, and a trusted network doesn't forge.
public struct ProxyProtocol: Sendable, Equatable {
  /// The proxies' addresses.
  public var trusted: [IPNetwork]
  /// Whether whoever connects to a Unix domain socket is a proxy: the file's permissions say who can. Where it is false,
  /// such peers speak TLS at once.
  public var trustsUnixDomainSockets = true
  /// The longest header, in bytes; a longer one fails with ``HandshakeFailure/Reason/invalidProxyHeader(_:)``. Version 1
  /// has at most 107, version 2 at least 16; 552 leave 536 for addresses and extensions.
  public var maximumHeaderBytes = 552

  /// Trusts the proxies in `trusted`.
  public init(trusted: [IPNetwork]) { self.trusted = trusted }

  /// Trusts the proxies in `networks`, each as ``IPNetwork/init(_:)`` takes it.
  ///
  /// - Throws: ``SecureServerError/invalidNetwork(_:reason:)``.
  public init(trusting networks: [String]) throws(SecureServerError) {
    self.init(trusted: try networks.map { text throws(SecureServerError) in try IPNetwork(text) })
  }

  /// Whether the peer at `address`, which reached the server at `localAddress`, has to send a header. The address of a
  /// peer that has gone already is unknown, and no reason to trust it.
  func trusts(_ address: SocketAddress?, at localAddress: SocketAddress?) -> Bool {
    if localAddress?.protocol == .unix { return trustsUnixDomainSockets }
    guard let address = address.flatMap({ InternetAddress($0) }) else { return false }
    return trusted.contains { $0.contains(address) }
  }

  func validate() throws(SecureServerError) {
    guard !trusted.isEmpty || trustsUnixDomainSockets else {
      throw .invalidSetting("proxyProtocol.trusted", reason: "nobody is trusted")
    }
    guard ProxyHeader.lengths.contains(maximumHeaderBytes) else {
      throw .invalidSetting(
        "proxyProtocol.maximumHeaderBytes", reason: "\(maximumHeaderBytes) is outside \(ProxyHeader.lengths)")
    }
  }
}
