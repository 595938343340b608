public import FoundationEssentials
public import Model

/// The session of one MQTT client id of one device, as it is on disk (MQTT 5 §4.1).
public struct StoredSession: Sendable, Equatable {
  /// What names it on disk.
  public var id: Int64
  /// Whose it is.
  public var device: DeviceID
  /// Its client id.
  public var clientID: String
  /// For how long it is kept without a connection, in seconds; the largest number is for ever.
  public var expiryInterval: UInt32
  /// When its last connection ended; nil while there is one.
  public var endedAt: Date?
  /// What it has subscribed to.
  public var subscriptions: [StoredSubscription] = []
  /// How many messages wait for it.
  public var queuedMessages = 0
  /// Their bytes.
  public var queuedBytes = 0

  /// Makes a session that is connected.
  public init(id: Int64, device: DeviceID, clientID: String, expiryInterval: UInt32, endedAt: Date? = nil) {
    self.id = id
    self.device = device
    self.clientID = clientID
    self.expiryInterval = expiryInterval
    self.endedAt = endedAt
  }
}

/// One subscription of a session.
public struct StoredSubscription: Sendable, Equatable {
  /// The filter as the device writes it, with its group.
  public var filter: String
  /// The options as SUBSCRIBE has them (MQTT 5 §3.8.3.1).
  public var options: UInt8
  /// The Subscription Identifier, if it has one.
  public var identifier: Int?

  /// Makes a subscription.
  public init(filter: String, options: UInt8, identifier: Int? = nil) {
    self.filter = filter
    self.options = options
    self.identifier = identifier
  }
}

/// A message that waits for a session.
public struct StoredDelivery: Sendable, Equatable {
  /// Its place in the order of all messages.
  public var sequence: Int64
  /// The session that it is for.
  public var session: Int64
  /// The message, as the device is to see it.
  public var message: Message
  /// The Subscription Identifiers that it bears.
  public var subscriptionIdentifiers: [Int]
  /// For how long it has been on disk.
  public var age: Duration

  /// Makes a delivery that is not on disk yet.
  public init(
    sequence: Int64, session: Int64, message: Message, subscriptionIdentifiers: [Int] = [], age: Duration = .zero
  ) {
    self.sequence = sequence
    self.session = session
    self.message = message
    self.subscriptionIdentifiers = subscriptionIdentifiers
    self.age = age
  }
}

/// A message that is published when a connection ends unannounced, as it is on disk.
public struct StoredWill: Sendable, Equatable {
  /// What names it on disk.
  public var id: Int64
  /// Whose it is.
  public var device: DeviceID
  /// The client id of the connection.
  public var clientID: String
  /// What is published, under the broker's topic.
  public var message: Message
  /// How long after the connection's end, in seconds.
  public var delay: UInt32

  /// Makes a will.
  public init(id: Int64, device: DeviceID, clientID: String, message: Message, delay: UInt32) {
    self.id = id
    self.device = device
    self.clientID = clientID
    self.message = message
    self.delay = delay
  }
}

/// What an earlier run has left.
public struct StoredSessions: Sendable {
  /// Every session that is not expired.
  public var sessions: [StoredSession] = []
  /// Every will that was neither published nor taken back.
  public var wills: [StoredWill] = []
  /// What was subscribed to at the broker, with the identifiers.
  public var upstream: [String: Int] = [:]
  /// The number that the next session, will or message gets.
  public var nextID: Int64 = 1

  /// Nothing.
  public init() {}
}
