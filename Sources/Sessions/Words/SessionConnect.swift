public import Model

/// What an MQTT device asks for when it connects (MQTT 5 §3.1).
public struct SessionConnect: Sendable, Equatable {
  /// The version of MQTT that it speaks.
  public var version: MQTTVersion
  /// Whether what an earlier connection of its client id has left is to be dropped.
  public var cleanStart: Bool
  /// For how long its session is to be kept when the connection has ended, in seconds: 0 ends with it, the largest number is
  /// for ever. In 3.1.1 clean session says it.
  public var sessionExpiryInterval: UInt32
  /// What is to be published for it when the connection ends unannounced.
  public var will: SessionWill?

  /// Makes a request; unless told, for a session that nothing is left of.
  public init(
    version: MQTTVersion, cleanStart: Bool = true, sessionExpiryInterval: UInt32 = 0, will: SessionWill? = nil
  ) {
    self.version = version
    self.cleanStart = cleanStart
    self.sessionExpiryInterval = sessionExpiryInterval
    self.will = will
  }
}

/// A message that a device leaves behind (MQTT 5 §3.1.2.5).
public struct SessionWill: Sendable, Equatable {
  /// What is published; its topic as the device names it.
  public var message: Message
  /// How long after the connection's end, in seconds; earlier if the session ends (MQTT 5 §3.1.3.2.2).
  public var delay: UInt32

  /// Makes a will.
  public init(message: Message, delay: UInt32 = 0) {
    self.message = message
    self.delay = delay
  }
}

/// How an MQTT device is let in (MQTT 5 §3.2).
public struct SessionAcceptance: Sendable {
  /// Whether there is a session of an earlier connection.
  public var isPresent: Bool
  /// What it left under way.
  public var state: SessionState
  /// The client id that was made up for a device without one.
  public var assignedClientID: String?
  /// For how long the session will be kept, in seconds, where that is not what the device asked for.
  public var sessionExpiryInterval: UInt32?
  /// The longest silence in seconds, where the device may not have the one that it asked for.
  public var serverKeepAlive: UInt16?

  /// Lets a device in; unless told, with a new session.
  public init(
    isPresent: Bool = false, state: SessionState = SessionState(), assignedClientID: String? = nil,
    sessionExpiryInterval: UInt32? = nil, serverKeepAlive: UInt16? = nil
  ) {
    self.isPresent = isPresent
    self.state = state
    self.assignedClientID = assignedClientID
    self.sessionExpiryInterval = sessionExpiryInterval
    self.serverKeepAlive = serverKeepAlive
  }
}

/// What an MQTT connection leaves for the next one of its session: messages under way, in both directions (MQTT 5 §4.1).
public struct SessionState: Sendable {
  var inbound = InboundFlow()
  var outbound = OutboundFlow()

  /// Nothing under way.
  public init() {}

  /// Nothing under way as far as is known; what is sent next bears packet identifiers from behind `packetID`, for the device
  /// may remember those of an earlier run.
  public init(behind packetID: UInt16) { outbound = OutboundFlow(behind: packetID) }

  /// Whether the outcome of some message of QoS 2 is still to come.
  public var waitsForOutcomes: Bool { inbound.waiting.hasExactlyOnce }

  /// A message has found its end after the connection did: at QoS 2 it is not taken again if it was accepted, or if the device
  /// cannot be told that it was not.
  public mutating func settle(_ token: PublishToken, _ outcome: PublishOutcome, _ version: MQTTVersion) {
    switch outcome {
    case .accepted: _ = inbound.settle(token, reason: .success, version)
    // Nobody hears of it: the device sends it again.
    case .rejected: _ = inbound.settle(token, reason: .unspecifiedError, .v5)
    }
  }

  /// Messages that the device was sent and has not answered for, by their places in the store.
  public var sequencesUnderWay: [Int64] { outbound.flights.compactMap(\.delivery.sequence) }

  /// How many messages are in the store, under way or not.
  public var storedCount: Int { sequencesUnderWay.count + outbound.queue.count { $0.sequence != nil } }

  /// Their bytes.
  public var storedBytes: Int {
    outbound.flights.reduce(0) { $0 + $1.delivery.byteCount } + outbound.queue.reduce(0) { $0 + $1.byteCount }
  }

  /// Puts `delivery` behind what is to be sent, whatever the limits say: it comes from where they were kept.
  public mutating func append(_ delivery: SessionDelivery) { outbound.append(delivery) }

  /// Forgets what was not sent yet: it is on disk, or is not kept for a device that is away.
  public mutating func dropQueue() { outbound.dropQueue() }
}
