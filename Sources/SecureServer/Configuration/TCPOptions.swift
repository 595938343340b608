/// How TCP treats accepted connections (tcp(7)). Unix domain sockets have none of it.
///
/// They are set on the listening socket, from which each connection inherits them: it costs no connection anything.
public struct TCPOptions: Sendable, Equatable {
  /// Asks a silent peer whether it is still there.
  public struct KeepAlive: Sendable, Equatable {
    /// How long a connection is silent before it is asked, in whole seconds (TCP_KEEPIDLE). Five minutes keep what most
    /// routers remember of a connection, and let a radio sleep.
    public var idle: Duration = .seconds(300)
    /// How long after one question the next follows, in whole seconds (TCP_KEEPINTVL).
    public var interval: Duration = .seconds(30)
    /// How many go unanswered before the connection fails (TCP_KEEPCNT).
    public var count = 4

    /// The defaults: a peer that vanished is known to have after seven minutes.
    public init() {}
  }

  /// Whether and how a silent peer is asked; nil: it never is.
  public var keepAlive: KeepAlive? = KeepAlive()
  /// How long what was sent may stay unacknowledged before the connection fails (TCP_USER_TIMEOUT, RFC 5482); nil leaves
  /// that to the system, which gives up after some 15 minutes. With ``keepAlive`` the system takes it for the end of the
  /// questions as well, so that ``KeepAlive/count`` holds only if this is `idle` and all the intervals together: as it is by
  /// default.
  public var userTimeout: Duration? = .seconds(420)
  /// Whether small messages are sent at once (TCP_NODELAY).
  public var noDelay = true

  /// The defaults.
  public init() {}

  func validate() throws(SecureServerError) {
    if let keepAlive {
      try Self.check("tcp.keepAlive.idle", keepAlive.idle, in: 1...32_767)
      try Self.check("tcp.keepAlive.interval", keepAlive.interval, in: 1...32_767)
      guard (1...127).contains(keepAlive.count) else {
        throw .invalidSetting("tcp.keepAlive.count", reason: "\(keepAlive.count) is outside 1...127")
      }
    }
    if let userTimeout, userTimeout < .seconds(1) || userTimeout > .seconds(86_400) {
      throw .invalidSetting("tcp.userTimeout", reason: "\(userTimeout) is not between 1 second and 1 day")
    }
  }

  private static func check(
    _ name: String, _ value: Duration, in seconds: ClosedRange<Int64>
  ) throws(SecureServerError) {
    guard value.components.attoseconds == 0, seconds.contains(value.components.seconds) else {
      throw .invalidSetting(name, reason: "\(value) is not \(seconds) whole seconds")
    }
  }
}
