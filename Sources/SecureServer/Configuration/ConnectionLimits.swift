/// How many connections may be in each stage, and for how long.
///
/// A connection is *accepted* (no TLS object yet, some 2 KB and what it has sent, waiting for a complete ClientHello and a
/// slot), then *handshaking* (a TLS object of some 45 KB; a slot is taken only when the ClientHello is complete), then
/// *established*. What happens when a limit is reached stands at each; the whole story in <doc:LimitsAndStages>. Counts are 1
/// to 10,000,000, times up to 1 hour, unless it says otherwise.
public struct ConnectionLimits: Sendable {
  /// Accepted connections whose handshake has not begun. Each holds what it has sent of its ClientHello, at most
  /// ``clientHelloBytes``. At the limit accepting pauses by itself until there is room,
  /// so that ``connectionsPerAddress`` should be well below.
  public var accepted = 20_000
  /// Handshakes under way. At the limit others wait, in order of arrival and fair by address; the one that has
  /// waited longest for its peer is cut. 1 to 100,000.
  public var handshaking = 64
  /// How long a handshake may wait for its peer before it can be cut for another one's sake.
  public var handshakePatience: Duration = .milliseconds(500)
  /// How long a complete ClientHello waits for a slot before it fails with
  /// ``HandshakeFailure/Reason/serverBusy``.
  public var slotWait: Duration = .seconds(30)
  /// Established connections that the application has not taken from ``SecureServer/connections`` yet. At the limit
  /// no further handshake is started.
  public var pendingConnections = 30
  /// Connections in any stage. Further ones are closed with ``HandshakeFailure/Reason/tooManyConnections``.
  public var connections = 100_000
  /// Connections in any stage from one address; of IPv6, from one network of 64 bits. Further ones are closed with
  /// ``HandshakeFailure/Reason/tooManyConnectionsFromAddress``.
  public var connectionsPerAddress = 10_000
  /// The longest ClientHello, in bytes: 512 to 131,072. A longer one fails with ``HandshakeFailure/Reason/protocolError(_:)``.
  public var clientHelloBytes = 16_384

  /// The defaults.
  public init() {}

  func validate() throws(SecureServerError) {
    let counts: [(String, Int, ClosedRange<Int>)] = [
      ("limits.accepted", accepted, 1...10_000_000), ("limits.handshaking", handshaking, 1...100_000),
      ("limits.pendingConnections", pendingConnections, 1...10_000_000),
      ("limits.connections", connections, 1...10_000_000),
      ("limits.connectionsPerAddress", connectionsPerAddress, 1...10_000_000),
      ("limits.clientHelloBytes", clientHelloBytes, 512...131_072),
    ]
    for (name, value, allowed) in counts where !allowed.contains(value) {
      throw .invalidSetting(name, reason: "\(value) is outside \(allowed)")
    }
    for (name, value) in [("limits.slotWait", slotWait), ("limits.handshakePatience", handshakePatience)]
    where value <= .zero || value > .seconds(3600) {
      throw .invalidSetting(name, reason: "\(value) is not between 0 and 1 hour")
    }
  }
}
