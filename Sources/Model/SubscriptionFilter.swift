/// What a client subscribes to: a topic filter, perhaps shared by a group of subscribers (MQTT 5 §4.8.2).
public struct SubscriptionFilter: Hashable, Sendable, CustomStringConvertible {
  /// As the client writes it: `$share/GROUP/FILTER`, or the filter alone.
  public let text: String
  /// The group that shares what comes; nil: every subscriber gets everything.
  public let group: String?
  /// Which topics.
  public let filter: TopicFilter

  /// Reads `text`.
  ///
  /// - Throws: ``ModelError/invalidTopicFilter(_:reason:)``, also for a group without a name or with a wildcard in it
  ///   [MQTT-4.8.2-1] [MQTT-4.8.2-2].
  public init(_ text: String) throws(ModelError) {
    self.text = text
    guard text.utf8.starts(with: Self.prefix.utf8) else {
      group = nil
      filter = try TopicFilter(text)
      return
    }
    // By bytes: a `/` under a combining mark is another Character, but the same byte to every broker [MQTT-4.7.3-4].
    let parts = text.utf8.dropFirst(Self.prefix.utf8.count).split(
      separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let name = parts.first, !name.isEmpty, !name.contains(where: Array("+#".utf8).contains)
    else {
      throw .invalidTopicFilter(
        text, reason: "a shared subscription is '$share/', a name without wildcards, '/', a filter")
    }
    group = String(Substring(name))
    filter = try TopicFilter(String(Substring(parts[1])))
  }

  /// `filter`, shared by `group` unless it is nil.
  public init(_ filter: TopicFilter, group: String? = nil) {
    self.filter = filter
    self.group = group
    text = group.map { Self.prefix + $0 + "/" + filter.pattern } ?? filter.pattern
  }

  /// Whether both have the same bytes [MQTT-4.7.3-4].
  public static func == (left: SubscriptionFilter, right: SubscriptionFilter) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// As the client writes it.
  public var description: String { text }

  /// As ``==(_:_:)`` has it.
  public func hash(into hasher: inout Hasher) { text.hash(into: &hasher) }

  private static let prefix = "$share/"
}
