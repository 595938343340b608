/// Every limit of a session, with a default that is safe to run.
public struct SessionLimits: Sendable, Equatable {
  /// The longest line, in bytes without its end; a longer one closes the session.
  public var maximumLineBytes = 8_192
  /// The longest frame, in bytes without its length; a longer one closes the session before it is stored.
  public var maximumFrameBytes = 262_144
  /// The largest MQTT packet, in bytes with its header; a larger one closes the session before it is stored.
  public var maximumPacketBytes = 262_144
  /// The longest topic that a device may publish to, in bytes; a longer one closes the session.
  public var maximumTopicBytes = 1_024
  /// The longest MQTT client id, in bytes; a longer one is refused (CONNACK 0x02).
  public var maximumClientIDBytes = 256
  /// How many messages may wait for ``DeviceSession/settled(_:outcome:now:into:)``. Past it the session says
  /// ``SessionAction/pauseReading`` and hands out no more, until half of them are settled.
  public var maximumUnsettled = 100
  /// The most messages that a device has under way to it at once, at QoS 1 and 2; a device may want fewer (Receive Maximum).
  public var maximumInFlight = 100
  /// How many messages may wait for a device that is connected; then newer ones are dropped and counted.
  public var maximumQueued = 1_000
  /// How many bytes may wait for it; then likewise.
  public var maximumQueuedBytes = 1 << 20
  /// How many topic aliases a device may set (Topic Alias Maximum), and how many are set for it at most.
  public var maximumTopicAliases = 16
  /// How many filters one SUBSCRIBE or UNSUBSCRIBE may have; more close the session.
  public var maximumFilters = 100
  /// How long an MQTT device may take to send its CONNECT before it is closed.
  public var connectTimeout = Duration.seconds(10)
  /// How long a device may be silent under `auto` before it counts as a lines device.
  public var detectionTimeout = Duration.seconds(10)
  /// How long a lines or frames device may go without a whole message before it is closed.
  public var idleTimeout = Duration.seconds(600)

  /// The defaults.
  public init() {}
}
