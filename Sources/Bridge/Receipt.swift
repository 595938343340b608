/// Whom to tell what became of a message.
public struct Receipt: Sendable {
  /// Who is told; an event loop's, so that it is woken once for many messages.
  public let sink: any ReceiptSink
  /// Which of the sink's connections asked.
  public let connection: UInt64
  /// What the connection knows the message by.
  public let token: UInt64
  /// Whether the device learns of a rejection, and so keeps the message (MQTT 5). For another the gateway sets it aside.
  public let tellsRejection: Bool

  /// A receipt for the message `token` of `connection`.
  public init(sink: any ReceiptSink, connection: UInt64, token: UInt64, tellsRejection: Bool = false) {
    self.sink = sink
    self.connection = connection
    self.token = token
    self.tellsRejection = tellsRejection
  }
}

/// Someone who wants to know what became of messages.
public protocol ReceiptSink: AnyObject, Sendable {
  /// Tells what became of messages: on the bridge's thread, one call for all that were settled in one of its turns, in
  /// the order in which that happened. It must not block.
  func settled(_ receipts: [(Receipt, Delivery)])
}

/// What became of a message.
public enum Delivery: Sendable, Equatable {
  /// The broker has it (PUBACK or PUBCOMP); a QoS 0 message has been handed to the connection.
  case acknowledged
  /// It is on disk, and stays there until the broker has it.
  case spooled
  /// The broker refused it with this reason code, 0x80 or more (MQTT 5 §2.4); it is not sent again.
  case rejected(UInt8)
  /// It was given up. The broker may have it all the same if it was under way.
  case dropped(DropReason)
}

/// Why a message was given up.
public enum DropReason: Sendable, Equatable, CustomStringConvertible {
  /// The outbox is over its limit.
  case outboxFull
  /// QoS 0, and the broker is away for too long.
  case brokerAway
  /// It is of no use any more: its expiry interval is over (MQTT 5 §3.3.2.3.3).
  case expired
  /// The bridge has stopped.
  case stopped
  /// It cannot be sent to this broker at all: too large, or not in its range of QoS and retain.
  case unsendable(String)
  /// Every connection ended right after it was sent; perhaps it is to blame, perhaps the broker. Whoever it came from
  /// must not take it for delivered.
  case endsConnections

  /// Lower case, for a log line.
  public var description: String {
    switch self {
    case .outboxFull: "outbox full"
    case .brokerAway: "broker away"
    case .expired: "expired"
    case .stopped: "bridge stopped"
    case .unsendable(let reason): "unsendable: \(reason)"
    case .endsConnections: "each connection to the broker ended with it"
    }
  }
}
