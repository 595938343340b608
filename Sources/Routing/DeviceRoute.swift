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
  /// Above what it is sent.
  public let downlink: Topic
  /// Everything that is sent to any device.
  let everyDownlink: TopicFilter
  /// Whose topics are used.
  public let naming: Naming
  private let publish: [TopicFilter]?
  private let subscribe: [TopicFilter]?

  /// Works out the route of `device`.
  ///
  /// `publish` and `subscribe` are the allow-lists, over topics as the device names them, with `%i` for its id. Without one a
  /// namespaced device may use anything below its own topics, and a verbatim one nothing.
  ///
  /// - Throws: ``RoutingError/invalidFilter(_:device:reason:)``.
  public init(
    _ device: DeviceID, layout: TopicLayout, naming: Naming = .namespaced, publish: [TopicFilter]? = nil,
    subscribe: [TopicFilter]? = nil
  ) throws(RoutingError) {
    self.device = device
    self.naming = naming
    uplink = try layout.uplink(of: device)
    downlink = try layout.downlink(of: device)
    everyDownlink = layout.everyDownlink
    self.publish = try publish?.replacingID(with: device)
    self.subscribe = try subscribe?.replacingID(with: device)
  }

  /// Whether the device may publish to what it names `topic`.
  func allows(_ topic: Topic) -> Bool {
    guard let publish else { return naming == .namespaced }
    return publish.contains { $0.matches(topic) }
  }

  /// Whether the device may hear everything that `filter`, as it names it, matches.
  func allowsSubscription(to filter: TopicFilter) -> Bool {
    guard let subscribe else { return naming == .namespaced }
    return subscribe.contains { $0.covers(filter) }
  }

  /// Whether a verbatim device may have answers sent to `topic`: where it may hear them, or speak itself.
  func allowsResponse(at topic: Topic) -> Bool {
    allows(topic) || (subscribe ?? []).contains { $0.matches(topic) }
  }
}

extension [TopicFilter] {
  fileprivate func replacingID(with device: DeviceID) throws(RoutingError) -> [TopicFilter] {
    var filters: [TopicFilter] = []
    for filter in self { filters.append(try filter.replacingID(with: device)) }
    return filters
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
