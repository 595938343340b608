extension GatewayConfiguration {
  /// How much of everything the server takes.
  public struct Limits: Sendable, Equatable {
    /// How long a peer may take for its ClientHello, and again for the rest of its handshake; then it is cut off.
    public var handshakeTimeout = Duration.seconds(5)
    /// How many connections may wait without having sent a complete ClientHello; then the oldest is cut off.
    public var maximumAccepted = 20_000
    /// How many handshakes may go on at once; more wait for a slot, first come, first served.
    public var maximumHandshaking = 64
    /// How long a connection may wait for a slot; then it is closed as `serverBusy`.
    public var maximumSlotWait = Duration.seconds(30)
    /// How long a device may take to answer in a handshake while others wait for a slot; then it is cut, and has to come again.
    public var handshakePatience = Duration.seconds(3)
    /// How many connections there may be in all; more are closed at once.
    public var maximumConnections = 100_000
    /// How many connections there may be from one address; more are closed at once.
    public var maximumConnectionsPerAddress = 10_000
    /// How many connections the system holds until they are accepted; more are refused or retried by TCP.
    public var backlog = 4096
    /// How many threads serve connections; 0 is one for each core.
    public var eventLoopThreads = 0
    /// How long a stop may take to finish what is under way; then connections are cut.
    public var drainTimeout = Duration.seconds(10)

    /// The defaults.
    public init() {}
  }
}
