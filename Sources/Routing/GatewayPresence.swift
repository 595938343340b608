public import FoundationEssentials
public import Model

/// What the retained message on the gateway's own status topic says.
public struct GatewayPresence: Sendable, Equatable, Encodable {
  private let online: Bool
  private let gateway: String
  private let since: Date?

  /// The gateway `node` is there since `since`.
  public static func online(_ node: String, since: Date) -> GatewayPresence {
    GatewayPresence(online: true, gateway: node, since: since)
  }

  /// The gateway `node` is gone. As a last will it is written long before, so it cannot say since when.
  public static func offline(_ node: String, since: Date? = nil) -> GatewayPresence {
    GatewayPresence(online: false, gateway: node, since: since)
  }

  /// The message that tells it: at least once, and retained.
  public func message(in layout: TopicLayout) -> Message {
    Message(topic: layout.gatewayStatus, payload: JSON.encode(self), qos: .atLeastOnce, retain: true)
  }
}
