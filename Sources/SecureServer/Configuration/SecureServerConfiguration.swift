/// Everything that a ``SecureServer`` needs to know.
public struct SecureServerConfiguration: Sendable {
  /// How connections are secured.
  public var tls: TLSConfiguration
  /// Where it listens; at least one address.
  public var addresses: [ListenAddress]
  /// The time for a complete ClientHello, and again for the peer's other flights. Dripping bytes never extends
  /// either; the time spent waiting for a slot doesn't count. More than 0, at most 1 hour.
  public var handshakeTimeout: Duration = .seconds(5)
  /// How TCP treats connections: keep-alive, timeout, delay.
  public var tcp = TCPOptions()
  /// Which proxies say for whom they connect; nil: nobody, and a PROXY header is not TLS.
  public var proxyProtocol: ProxyProtocol?
  /// How many connections may be in each stage.
  public var limits = ConnectionLimits()
  /// How many connections the kernel completes before they are accepted (listen(2)); 1 to 65,535.
  public var backlog = 4096
  /// How long established connections may go on after a graceful shutdown was asked for; at most 1 hour.
  public var drainTimeout: Duration = .seconds(10)
  /// Whether several sockets may listen on the same port (SO_REUSEPORT).
  public var reusePort = false

  /// A server on `addresses`, with everything else as it is by default. Nothing is checked yet.
  ///
  /// - Parameters:
  ///   - addresses: where it listens; at least one.
  ///   - tls: how connections are secured.
  public init(addresses: [ListenAddress], tls: TLSConfiguration) {
    self.addresses = addresses
    self.tls = tls
  }

  /// Itself, once all of it has been checked, the TLS settings included; nothing is opened.
  ///
  /// - Returns: itself, unchanged.
  /// - Throws: ``SecureServerError``, which names the setting and what is allowed.
  public func validated() throws(SecureServerError) -> SecureServerConfiguration {
    try validate()
    _ = try TLSContext(tls)
    return self
  }

  func validate() throws(SecureServerError) {
    guard !addresses.isEmpty else { throw .invalidSetting("addresses", reason: "there is none to listen on") }
    for address in addresses { try address.validate() }
    for case .inherited(let descriptor) in addresses
    where addresses.count(where: { $0 == .inherited(descriptor: descriptor) }) > 1 {
      throw .invalidSetting("addresses", reason: "descriptor \(descriptor) is there twice")
    }
    guard handshakeTimeout > .zero, handshakeTimeout <= .seconds(3600) else {
      throw .invalidSetting("handshakeTimeout", reason: "\(handshakeTimeout) is not between 0 and 1 hour")
    }
    guard drainTimeout >= .zero, drainTimeout <= .seconds(3600) else {
      throw .invalidSetting("drainTimeout", reason: "\(drainTimeout) is not between 0 and 1 hour")
    }
    guard (1...65_535).contains(backlog) else {
      throw .invalidSetting("backlog", reason: "\(backlog) is outside 1...65535")
    }
    try tcp.validate()
    try proxyProtocol?.validate()
    try limits.validate()
  }
}
