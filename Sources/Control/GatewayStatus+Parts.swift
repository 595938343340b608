extension GatewayStatus {
  /// How many devices there are.
  public struct Devices: Codable, Sendable, Equatable {
    /// In devices.d, disabled ones among them.
    public var total: Int
    /// With a connection now.
    public var online: Int

    /// `online` of `total` devices.
    public init(total: Int, online: Int) {
      self.total = total
      self.online = online
    }
  }

  /// How the connections to the MQTT broker are.
  public struct Broker: Codable, Sendable, Equatable {
    /// How many connections there should be.
    public var lanes: Int
    /// How many of them are connected.
    public var connected: Int
    /// How many messages wait for the broker's acknowledgement, those under way included.
    public var waiting: Int?
    /// Bytes of their topics and payloads.
    public var waitingBytes: Int?
    /// How many connections were made anew after one was lost.
    public var reconnects: Int?
    /// Whether so much waits that devices are not read.
    public var congested: Bool?

    /// `connected` of `lanes` connections.
    public init(lanes: Int, connected: Int) {
      self.lanes = lanes
      self.connected = connected
    }

    private enum CodingKeys: String, CodingKey {
      case lanes, connected, waiting, reconnects, congested
      case waitingBytes = "waiting_bytes"
    }
  }

  /// What is on disk because the broker does not take it.
  public struct Spool: Codable, Sendable, Equatable {
    /// Messages that the broker has not acknowledged.
    public var messages: Int
    /// Bytes of their topics and payloads.
    public var bytes: Int
    /// How old the oldest of them is, nil if there is none.
    public var oldestSeconds: Int?
    /// Messages that the broker will never take, which are kept apart.
    public var setAside: Int
    /// Whether messages cannot be put on disk now.
    public var isFailing: Bool

    /// The spool as it is.
    public init(messages: Int, bytes: Int, oldestSeconds: Int?, setAside: Int, isFailing: Bool) {
      self.messages = messages
      self.bytes = bytes
      self.oldestSeconds = oldestSeconds
      self.setAside = setAside
      self.isFailing = isFailing
    }

    private enum CodingKeys: String, CodingKey {
      case messages, bytes
      case oldestSeconds = "oldest_seconds"
      case setAside = "set_aside"
      case isFailing = "failing"
    }
  }

  /// How many handshakes ended how.
  public struct Handshakes: Codable, Sendable, Equatable {
    /// The device proved its key.
    public var established: Int
    /// It did not, by reason: `unknownIdentity`, `wrongPreSharedKey`, ...
    public var refused: [String: Int]

    /// The counters as they are.
    public init(established: Int, refused: [String: Int]) {
      self.established = established
      self.refused = refused
    }
  }

  /// How many messages came to which end.
  public struct Messages: Codable, Sendable, Equatable {
    /// Taken from devices.
    public var up: Int
    /// Acknowledged by the broker.
    public var acknowledged: Int
    /// Given up: QoS 0 at a limit, or rejected by the broker.
    public var dropped: Int
    /// Taken from devices, each second of the last ten.
    public var upPerSecond: Double?
    /// Acknowledged by the broker, each second of the last ten.
    public var acknowledgedPerSecond: Double?

    /// The counters as they are.
    public init(up: Int, acknowledged: Int, dropped: Int) {
      self.up = up
      self.acknowledged = acknowledged
      self.dropped = dropped
    }

    private enum CodingKeys: String, CodingKey {
      case up, acknowledged, dropped
      case upPerSecond = "up_per_second"
      case acknowledgedPerSecond = "acknowledged_per_second"
    }
  }
}
