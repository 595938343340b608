public import Model

/// What the router knows of one device, worked out once for all of its messages.
public struct DeviceRoute: Sendable, Equatable {
  /// Whose topics a device's messages go to.
  public enum Naming: Sendable {
    /// Below the device's own uplink topic and nowhere else.
    case namespaced
    /// The device's, as its allow-list says.
    case verbatim
  }

  /// Who it is.
  public let device: DeviceID
  /// Above what it publishes; lines and frames go to this topic itself.
  public let uplink: Topic
  /// Whose topics are used.
  public let naming: Naming
  private let allowed: [TopicFilter]?

  /// Works out the route of `device`.
  ///
  /// `publish` is the allow-list, over topics as the device names them, with `%i` for its id. Without one a namespaced
  /// device may publish anything below its uplink topic, and a verbatim one nothing.
  ///
  /// - Throws: ``RoutingError/invalidFilter(_:device:reason:)``.
  public init(
    _ device: DeviceID, layout: TopicLayout, naming: Naming = .namespaced, publish: [TopicFilter]? = nil
  ) throws(RoutingError) {
    self.device = device
    self.naming = naming
    uplink = try layout.uplink(of: device)
    var filters: [TopicFilter] = []
    for filter in publish ?? [] { filters.append(try filter.replacingID(with: device)) }
    allowed = publish == nil ? nil : filters
  }

  /// Whether the device may publish to what it names `topic`.
  func allows(_ topic: Topic) -> Bool {
    guard let allowed else { return naming == .namespaced }
    return allowed.contains { $0.matches(topic) }
  }
}

extension TopicFilter {
  /// The filter with each `%i` replaced by the id of `device`, which holds no wildcard and no `/`.
  fileprivate func replacingID(with device: DeviceID) throws(RoutingError) -> TopicFilter {
    let text = pattern.split(separator: "%i", omittingEmptySubsequences: false).joined(separator: device.name)
    do {
      return try TopicFilter(text)
    } catch {
      throw .invalidFilter(pattern, device: device, reason: error.reason)
    }
  }
}
