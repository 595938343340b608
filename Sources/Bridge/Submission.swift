public import Model

/// One message for the broker, and whom to tell what became of it.
public struct Submission: Sendable {
  /// What is published.
  public let message: Message
  /// Which messages it stays in order with.
  public let lane: LaneKey
  /// Whom to tell; without one, nobody hears of it again.
  public let receipt: Receipt?

  /// A message of the device that `lane` was made from.
  public init(message: Message, lane: LaneKey, receipt: Receipt? = nil) {
    self.message = message
    self.lane = lane
    self.receipt = receipt
  }

  var load: OutboxLoad { OutboxLoad(message) }

  var isAtMostOnce: Bool { message.qos == .atMostOnce }
}

/// What keeps a device's messages in order: a hash of its id, the same in every process, worked out once a session.
public struct LaneKey: Sendable, Hashable {
  let hash: UInt64

  /// The key of a device.
  public init(_ device: DeviceID) { self.init(stableHashOf: device.name) }

  /// The key of the gateway's own messages.
  public static let gateway = LaneKey(stableHashOf: "")

  // FNV-1a: no secret is involved, only an even spread.
  private init(stableHashOf text: String) {
    hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// The key that an earlier run has worked out.
  init(hash: UInt64) { self.hash = hash }

  /// Which of so many this device belongs to.
  public func index(among lanes: Int) -> Int { Int(hash % UInt64(lanes)) }
}
