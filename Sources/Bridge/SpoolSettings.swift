/// When messages go to disk, and how many.
public struct SpoolSettings: Sendable {
  /// How long the broker may take to acknowledge a message before it is put on disk; while there is no connection
  /// messages go there at once.
  public var after = Duration.seconds(2)
  /// The most bytes of topics and payloads on disk. Over it messages wait in memory, until the outbox is over its own
  /// limits.
  public var maximumBytes = 1 << 30
  /// The greatest age of the oldest message on disk; over it as with ``maximumBytes``.
  public var maximumAge = Duration.seconds(7 * 86_400)

  /// After 2 s, up to 1 GiB and 7 days.
  public init() {}

  func check() throws(BridgeError) {
    try require(after >= .zero, "the time before messages are put on disk is negative")
    try require(maximumBytes > 0 && maximumAge > .zero, "the spool must hold something")
  }
}
