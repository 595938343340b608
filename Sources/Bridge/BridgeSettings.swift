public import Model

/// Everything that can be set about the connections to the broker, with defaults that are safe to run.
public struct BridgeSettings: Sendable {
  /// The brokers, tried in this order; all connections prefer the same one.
  public var brokers: [BrokerAddress]
  /// What the client ids start with: `gateway-NODE`, then `-0`, `-1` ... for each connection.
  public var clientID: String
  /// How many connections publish, 1 to 64. A device's messages all take the same one, so they stay in order.
  public var connections = 2
  /// How often a silent connection is tried, 5 s to 18 h; a dead broker is noticed within twice that.
  public var keepAlive = Duration.seconds(30)
  /// How long a broker may take to let us in; then the next is tried.
  public var connectTimeout = Duration.seconds(10)
  /// The most unacknowledged messages a connection has under way, 1 to 65,535. The broker may allow fewer (Receive
  /// Maximum; Debian's mosquitto: 20), and what does not fit waits in the outbox.
  public var window = 20
  /// What waits for the broker, and what happens when it grows.
  public var outbox = OutboxLimits()
  /// What goes to disk, where the bridge was given a spool.
  public var spool = SpoolSettings()
  /// How long QoS 0 messages wait for a broker that is away; then they are dropped and counted.
  public var patience = Duration.seconds(30)
  /// The pause before a connection is tried again, after every broker has failed.
  public var reconnect = BackoffSettings()
  /// How long the end may take: messages that the broker has not acknowledged by then are reported as dropped.
  public var drainTime = Duration.seconds(5)
  /// Where the gateway itself says whether it is online; `nil` says it nowhere.
  public var status: StatusAnnouncement?

  /// Settings for these brokers, everything else as it is by default.
  public init(brokers: [BrokerAddress], clientID: String) {
    self.brokers = brokers
    self.clientID = clientID
  }

  /// Whether so much waits in a connection's memory that newer messages go to disk: all connections together may have half
  /// of what the outbox holds.
  func isTooMuch(_ load: OutboxLoad) -> Bool {
    let share = 2 * connections
    return load.messages > outbox.messages / share || load.bytes > outbox.bytes / share
  }

  /// Throws if a number is out of its range.
  func check() throws(BridgeError) {
    try require(!brokers.isEmpty, "at least one broker is needed")
    try require((1...64).contains(connections), "connections is \(connections), allowed is 1 to 64")
    try require((1...65_535).contains(window), "window is \(window), allowed is 1 to 65535")
    try require((5...64_800).contains(keepAlive.components.seconds), "keep-alive is not within 5 s and 18 h")
    try require(connectTimeout > .zero, "the connect timeout is not positive")
    try require(drainTime >= .zero && patience >= .zero, "a time is negative")
    try require(
      reconnect.minimum > .zero && reconnect.maximum >= reconnect.minimum, "the longest reconnect pause is the shorter")
    try require(!clientID.isEmpty && clientID.utf8.count <= 200, "a client id has 1 to 200 bytes")
    try outbox.check()
    try spool.check()
  }
}

/// The pauses between attempts: the first, doubled up to the longest, each shortened at random by up to a half, so
/// that a fleet of gateways does not come back at one moment.
public struct BackoffSettings: Sendable {
  /// The first pause.
  public var minimum: Duration
  /// The longest pause.
  public var maximum: Duration

  /// From 1 s up to 30 s unless told.
  public init(minimum: Duration = .seconds(1), maximum: Duration = .seconds(30)) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// The gateway's own presence: published at QoS 1, retained, on the first connection.
public struct StatusAnnouncement: Sendable {
  /// `gateways/NODE/status`.
  public var topic: Topic
  /// Published at every connect.
  public var online: [UInt8]
  /// Published at the end, and the last will.
  public var offline: [UInt8]

  /// Says `online` and `offline` under `topic`.
  public init(topic: Topic, online: [UInt8], offline: [UInt8]) {
    self.topic = topic
    self.online = online
    self.offline = offline
  }
}

func require(_ condition: Bool, _ what: String) throws(BridgeError) {
  if !condition { throw .invalidSettings(what) }
}
