/// A topic filter: which topics a subscription or a permission covers (MQTT 5 §4.7).
public struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
  /// The filter as text.
  public let pattern: String

  /// Takes `pattern` if it is a valid filter: `+` alone in a level, `#` alone in the last.
  ///
  /// - Throws: ``ModelError/invalidTopicFilter(_:reason:)``.
  public init(_ pattern: String) throws(ModelError) {
    guard !pattern.isEmpty else { throw .invalidTopicFilter(pattern, reason: "it is empty") }
    guard pattern.utf8.count <= Topic.maximumLength else {
      throw .invalidTopicFilter(String(pattern.prefix(80)), reason: "it is longer than \(Topic.maximumLength) bytes")
    }
    guard !pattern.utf8.contains(0) else { throw .invalidTopicFilter(pattern, reason: "it has a NUL") }
    let levels = pattern.split(separator: "/", omittingEmptySubsequences: false)
    for (index, level) in levels.enumerated() {
      if level.contains("#"), level != "#" || index != levels.count - 1 {
        throw .invalidTopicFilter(pattern, reason: "'#' stands alone in the last level")
      }
      if level.contains("+"), level != "+" {
        throw .invalidTopicFilter(pattern, reason: "'+' stands alone in its level")
      }
    }
    self.pattern = pattern
  }

  /// Whether `topic` is covered. A wildcard in the first level never covers a topic that starts with `$`
  /// [MQTT-4.7.2-1].
  public func matches(_ topic: Topic) -> Bool {
    let filter = pattern.split(separator: "/", omittingEmptySubsequences: false)
    let levels = topic.levels
    if topic.name.hasPrefix("$"), filter[0] == "+" || filter[0] == "#" { return false }
    for (index, wanted) in filter.enumerated() {
      if wanted == "#" { return true }
      guard index < levels.count, wanted == "+" || wanted == levels[index] else { return false }
      // `a/#` covers `a` as well (MQTT 5 §4.7.1.2).
      if index == levels.count - 1, index == filter.count - 2, filter[index + 1] == "#" { return true }
    }
    return filter.count == levels.count
  }

  /// The filter as text.
  public var description: String { pattern }
}
