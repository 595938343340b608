extension GatewayConfiguration {
  /// What is logged, on standard error.
  public struct Log: Sendable, Equatable {
    /// The least important lines that are written.
    public var level = Level.info
    /// How a line looks.
    public var format = Format.text

    /// The defaults.
    public init() {}
  }
}

extension GatewayConfiguration.Log {
  /// How important a line is; spelled as swift-log spells it.
  public enum Level: String, Sendable, CaseIterable {
    /// Every step of everything.
    case trace
    /// Every connection.
    case debug
    /// What happens now and then.
    case info
    /// Start, reload, stop, broker up and down.
    case notice
    /// What may need someone's attention.
    case warning
    /// What needs someone to act.
    case error
    /// What ends the gateway.
    case critical
  }

  /// How a line looks.
  public enum Format: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line.
    case json
  }
}
