public import Model

/// One message for the broker, as it is on disk.
public struct SpooledMessage: Sendable, Equatable {
  /// Its place in the order of arrival: unique, and ascending over restarts as long as messages are left.
  public let sequence: Int64
  /// What it stays in order with: a hash of its device's id.
  public let lane: UInt64
  /// What is published.
  public let message: Message

  /// The message at this place.
  public init(sequence: Int64, lane: UInt64, message: Message) {
    self.sequence = sequence
    self.lane = lane
    self.message = message
  }

  /// The same message after it has lain on disk for `time`: an expiry interval is what is left of it, perhaps nothing.
  func aged(by time: Duration) -> SpooledMessage {
    guard message.properties.expiryInterval != nil else { return self }
    var message = message
    message.properties = message.properties.aged(by: time) ?? message.properties.expired
    return SpooledMessage(sequence: sequence, lane: lane, message: message)
  }

  /// Bytes of its topic, payload and properties.
  var byteCount: Int { message.topic.name.utf8.count + message.payload.count + message.properties.bytes.count }
}

/// Some messages in a row.
public struct SpoolPage: Sendable, Equatable {
  /// In the order of arrival.
  public var messages: [SpooledMessage]
  /// After which message to read on.
  public var end: Int64
  /// Whether there may be more after it.
  public var hasMore: Bool

  /// A page.
  public init(messages: [SpooledMessage], end: Int64, hasMore: Bool) {
    self.messages = messages
    self.end = end
    self.hasMore = hasMore
  }
}

/// What was on disk when the spool was opened.
public struct SpoolContents: Sendable, Equatable {
  /// How many messages.
  public var messages = 0
  /// Bytes of their topics and payloads.
  public var bytes = 0
  /// How many messages of each lane.
  public var messagesByLane: [UInt64: Int] = [:]
  /// The place of the next message.
  public var nextSequence: Int64 = 1

  /// Nothing.
  public init() {}
}
