/// Counts since the start, and how it stands now.
public struct BridgeStatistics: Sendable, Equatable {
  /// Turns that the bridge's thread has made: at least two a second.
  public var turns = 0
  /// Messages handed to a connection; one that is sent again counts again.
  public var published = 0
  /// Messages that the broker has acknowledged.
  public var acknowledged = 0
  /// Messages that were put on disk.
  public var spooled = 0
  /// Messages that the broker has refused.
  public var rejected = 0
  /// Messages that were given up.
  public var dropped = 0
  /// Connections made anew after one was lost.
  public var reconnects = 0
  /// The most messages that one connection has had under way.
  public var largestWindow = 0
  /// Messages under way now.
  public var inFlight = 0
  /// Messages submitted and not settled, those under way included.
  public var outboxMessages = 0
  /// Bytes of their topics and payloads.
  public var outboxBytes = 0
  /// Connections that are up.
  public var connectedLanes = 0

  /// All zero.
  public init() {}
}
