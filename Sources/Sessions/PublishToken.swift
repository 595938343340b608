/// Names one message of one session until it is settled.
public struct PublishToken: Hashable, Sendable {
  /// How many messages with a token the session had handed out before.
  let sequence: UInt64
}
