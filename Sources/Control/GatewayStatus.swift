public import FoundationEssentials

/// How a gateway is: the reply to ``ControlRequest/status``. Counters start at 0 with the process.
public struct GatewayStatus: Codable, Sendable, Equatable {
  /// The gateway's version.
  public var version: String
  /// Its name in topics: `gateways/NODE/...`.
  public var node: String
  /// Its process id.
  public var processID: Int32
  /// When it started.
  public var startedAt: Date
  /// The devices that it knows.
  public var devices: Devices
  /// The addresses that it listens on, `HOST:PORT` each.
  public var listening: [String]
  /// Its connections to the MQTT broker.
  public var broker: Broker
  /// The messages that wait on disk for the broker.
  public var spool: Spool?
  /// What became of connections.
  public var handshakes: Handshakes
  /// What became of messages.
  public var messages: Messages
  /// How many bytes of memory it uses (resident set).
  public var memory: Int?
  /// When it said this.
  public var now: Date?

  /// A status with these parts.
  public init(
    version: String, node: String, processID: Int32, startedAt: Date, devices: Devices, listening: [String],
    broker: Broker, handshakes: Handshakes, messages: Messages
  ) {
    self.version = version
    self.node = node
    self.processID = processID
    self.startedAt = startedAt
    self.devices = devices
    self.listening = listening
    self.broker = broker
    self.handshakes = handshakes
    self.messages = messages
  }

  private enum CodingKeys: String, CodingKey {
    case version, node, devices, listening, broker, spool, handshakes, messages, memory, now
    case processID = "pid"
    case startedAt = "started_at"
  }
}
