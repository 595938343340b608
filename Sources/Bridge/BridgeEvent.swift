public import Model

/// What happens to the bridge; told on its own thread, in order.
public enum BridgeEvent: Sendable {
  /// A connection is up.
  case connected(broker: BrokerAddress, lane: Int)
  /// A connection is down, or an attempt failed; it is tried again after the pause.
  case disconnected(lane: Int, reason: String, retryIn: Duration)
  /// Too much waits for the broker: stop reading devices.
  case congested
  /// Enough has left: read devices again.
  case relieved
  /// The broker refused a message with this reason code.
  case rejected(topic: Topic, code: UInt8)
}
