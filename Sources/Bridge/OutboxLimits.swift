import Model

/// How much may wait for the broker, over all connections: messages submitted and not yet settled.
///
/// Over a high mark the bridge says that it is congested, and devices should not be read; under both low marks it says
/// that it is relieved. Over a limit QoS 0 messages are dropped, waiting ones included, and then anything else is
/// refused: each receipt hears of it.
public struct OutboxLimits: Sendable {
  /// The most messages.
  public var messages = 50_000
  /// The most bytes of topics and payloads.
  public var bytes = 64 << 20
  /// Congested over this share of a limit.
  public var highWater = 0.75
  /// Relieved under this share of both limits.
  public var lowWater = 0.5

  /// 50,000 messages or 64 MiB.
  public init() {}

  func check() throws(BridgeError) {
    try require(messages > 0 && bytes > 0, "the outbox must hold something")
    try require(
      0 <= lowWater && lowWater <= highWater && highWater <= 1, "the outbox' marks are not 0 <= low <= high <= 1")
  }

  func isOverHighWater(_ load: OutboxLoad) -> Bool {
    Double(load.messages) > Double(messages) * highWater || Double(load.bytes) > Double(bytes) * highWater
  }

  func isUnderLowWater(_ load: OutboxLoad) -> Bool {
    Double(load.messages) <= Double(messages) * lowWater && Double(load.bytes) <= Double(bytes) * lowWater
  }

  func isOver(_ load: OutboxLoad) -> Bool { load.messages > messages || load.bytes > bytes }
}

/// A number of messages and their bytes.
struct OutboxLoad: Sendable, Equatable {
  var messages = 0
  var bytes = 0

  /// Nothing.
  init() {}

  init(messages: Int, bytes: Int) { (self.messages, self.bytes) = (messages, bytes) }

  /// One message.
  init(_ message: Message) {
    self.init(messages: 1, bytes: message.topic.name.utf8.count + message.payload.count)
  }

  static func += (left: inout OutboxLoad, right: OutboxLoad) {
    left.messages += right.messages
    left.bytes += right.bytes
  }

  static func -= (left: inout OutboxLoad, right: OutboxLoad) {
    left.messages -= right.messages
    left.bytes -= right.bytes
  }
}
