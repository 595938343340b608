/// Everything that an operator can set, with defaults that are safe to run: gateway.yaml, the environment's
/// `GATEWAY_...` and the daemon's flags in one value.
///
/// A member's name is its key in gateway.yaml in lowerCamelCase; what reads them is in `load`. Paths are relative to the
/// working directory.
public struct GatewayConfiguration: Sendable, Equatable {
  /// NODE: what this gateway calls itself in topics and on the broker; by default the host name, made safe for topics.
  public var node = Self.nodeName(from: Self.hostName)
  /// Where devices connect. `[::]:8883` takes IPv6 and IPv4; where IPv6 is switched off, say `0.0.0.0:8883`.
  public var listen = [ListenAddress.standard]
  /// Which devices exist.
  public var devices = Devices()
  /// The directory of what must survive a restart; by default `$STATE_DIRECTORY`, else `./state`.
  public var state = "./state"
  /// Which proxies say for whom they connect.
  public var proxyProtocol = ProxyProtocol()
  /// What is agreed on in a handshake.
  public var tls = TLS()
  /// How much of everything the server takes.
  public var limits = Limits()
  /// What is expected of a connected device.
  public var sessions = Sessions()
  /// Where messages go, and what a device may say and hear.
  public var topics = Topics()
  /// How much one device may send, unless its own record says so.
  public var quota = Quota()
  /// Whether and how the broker learns who is online.
  public var presence = Presence()
  /// Whether and how the broker learns of refused handshakes.
  public var rejections = Rejections()
  /// Which broker, and how the gateway identifies itself to it.
  public var broker = Broker()
  /// How messages are handed to the broker.
  public var bridge = Bridge()
  /// What is kept on disk while the broker is away.
  public var spool = Spool()
  /// Where metrics and health can be asked for beside the control socket.
  public var metrics = Metrics()
  /// What is logged.
  public var log = Log()

  /// The defaults on this machine.
  public init() {}
}
