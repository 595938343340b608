/// Names one message of one session until it is settled.
public struct PublishToken: Hashable, Sendable {
  /// How many messages with a token the session had handed out before.
  public let sequence: UInt64

  /// The token of this number, for an owner that keeps the number alone.
  public init(sequence: UInt64) { self.sequence = sequence }
}
