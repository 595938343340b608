public import Model

/// The gateway's topic tree: which topic is whose.
public struct TopicLayout: Sendable, Equatable {
  /// The gateway's name in topics and payloads.
  public let node: String
  /// The presence of the gateway itself.
  public let gatewayStatus: Topic
  /// Refused handshakes.
  public let rejected: Topic
  private let uplink: DeviceTemplate
  private let downlink: DeviceTemplate
  private let status: DeviceTemplate
  /// Everything that is sent to any device.
  public let everyDownlink: TopicFilter

  /// The tree of the gateway that is called `node`.
  ///
  /// - Throws: ``RoutingError/invalidNode(_:)`` or ``RoutingError/invalidTemplate(_:reason:)``.
  public init(node: String, templates: TopicTemplates = TopicTemplates()) throws(RoutingError) {
    guard !node.isEmpty, !node.utf8.contains(where: Array("/+#\0".utf8).contains) else { throw .invalidNode(node) }
    self.node = node
    gatewayStatus = try DeviceTemplate.topic(templates.gatewayStatus, node: node)
    rejected = try DeviceTemplate.topic(templates.rejected, node: node)
    uplink = try DeviceTemplate(templates.uplink, node: node)
    downlink = try DeviceTemplate(templates.downlink, node: node)
    everyDownlink = try downlink.filterForAll()
    status = try DeviceTemplate(templates.status, node: node)
  }

  /// Above what `device` publishes; lines and frames go to this topic itself.
  public func uplink(of device: DeviceID) throws(RoutingError) -> Topic { try uplink.topic(for: device) }

  /// Above what `device` is sent.
  public func downlink(of device: DeviceID) throws(RoutingError) -> Topic { try downlink.topic(for: device) }

  /// The presence of `device`.
  public func status(of device: DeviceID) throws(RoutingError) -> Topic { try status.topic(for: device) }
}
