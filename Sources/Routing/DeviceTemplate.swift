import Model

/// A template with one `%i`, cut at it: it costs a concatenation for each device.
struct DeviceTemplate: Sendable, Equatable {
  private let head: String
  private let tail: String

  /// Cuts `template`, whose `%n` levels stand for `node`.
  init(_ template: String, node: String) throws(RoutingError) {
    let levels = Self.levels(of: template)
    guard let place = levels.firstIndex(of: "%i"), levels.lastIndex(of: "%i") == place else {
      throw .invalidTemplate(template, reason: "one level is '%i', so that each device has a topic of its own")
    }
    head = Self.replacing(levels[..<place], node: node).map { $0 + "/" }.joined()
    tail = Self.replacing(levels[(place + 1)...], node: node).map { "/" + $0 }.joined()
    // The longest id of all, so that the topic of every device is valid.
    _ = try Self.topic(head + String(repeating: "i", count: DeviceID.maximumLength) + tail, from: template)
  }

  /// The topic of `device`.
  func topic(for device: DeviceID) throws(RoutingError) -> Topic {
    try Self.topic(head + device.name + tail, from: head + "%i" + tail)
  }

  /// Everything below the topics of all devices.
  ///
  /// - Throws: ``RoutingError/invalidTemplate(_:reason:)``.
  func filterForAll() throws(RoutingError) -> TopicFilter {
    do {
      return try TopicFilter(head + "+" + tail + "/#")
    } catch {
      throw .invalidTemplate(head + "%i" + tail, reason: error.reason)
    }
  }

  /// The topic that `template`, which names no device, makes for `node`.
  static func topic(_ template: String, node: String) throws(RoutingError) -> Topic {
    let levels = levels(of: template)
    guard !levels.contains("%i") else { throw .invalidTemplate(template, reason: "no device can stand for '%i'") }
    return try topic(replacing(levels[...], node: node).joined(separator: "/"), from: template)
  }

  private static func levels(of template: String) -> [Substring] {
    template.split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func replacing(_ levels: ArraySlice<Substring>, node: String) -> [String] {
    levels.map { $0 == "%n" ? node : String($0) }
  }

  private static func topic(_ name: String, from template: String) throws(RoutingError) -> Topic {
    do {
      return try Topic(name)
    } catch {
      throw .invalidTemplate(template, reason: error.reason)
    }
  }
}
