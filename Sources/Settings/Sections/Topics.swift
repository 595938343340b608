public import Model

extension GatewayConfiguration {
  /// Where messages go, and what a device may say and hear.
  ///
  /// In templates `%i` stands for the device's id and `%n` for NODE; each stands alone in its level.
  public struct Topics: Sendable, Equatable {
    /// Whether devices have a namespace each or use their own topics.
    public var mode = Mode.namespaced
    /// Above what a device publishes; lines and frames go to this topic itself.
    public var up = "devices/%i/up"
    /// Above what a device is sent; commands for lines and frames devices go to this topic itself.
    public var down = "devices/%i/down"
    /// The presence of a device.
    public var status = "devices/%i/status"
    /// Refused handshakes.
    public var rejected = "gateways/%n/rejected"
    /// The presence of the gateway itself.
    public var gatewayStatus = "gateways/%n/status"
    /// What a device may publish, as it names it; other messages are refused. Unless set: everything if namespaced, nothing
    /// if verbatim (then each device's record says it).
    public var publish: [TopicFilter]?
    /// What a device may subscribe to, as it names it; other subscriptions are refused. Unless set, as with `publish`.
    public var subscribe: [TopicFilter]?

    /// The defaults.
    public init() {}
  }
}

extension GatewayConfiguration.Topics {
  /// Whose topics are used.
  public enum Mode: String, Sendable, CaseIterable {
    /// A device owns the topics with its id and nothing else.
    case namespaced
    /// A device's topics are used as they are, checked against its allow-lists.
    case verbatim
  }
}
