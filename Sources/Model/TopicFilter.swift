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
    // By bytes: a `#` under a combining mark is another Character, but the same byte to every broker [MQTT-4.7.3-4].
    let levels = pattern.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for (index, level) in levels.enumerated() where level.count > 1 || index < levels.count - 1 {
      if level.contains(UInt8(ascii: "#")) {
        throw .invalidTopicFilter(pattern, reason: "'#' stands alone in the last level")
      }
      if level.count > 1, level.contains(UInt8(ascii: "+")) {
        throw .invalidTopicFilter(pattern, reason: "'+' stands alone in its level")
      }
    }
    self.pattern = pattern
  }

  /// Whether `topic` is covered, byte by byte and without normalization [MQTT-4.7.3-4]. A wildcard in the first level
  /// never covers a topic that starts with `$` [MQTT-4.7.2-1].
  public func matches(_ topic: Topic) -> Bool {
    var wanted = pattern.utf8[...]
    var name = topic.name.utf8[...]
    if name.first == UInt8(ascii: "$"), wanted.first != UInt8(ascii: "$") { return false }
    while true {
      let wantedLevel = wanted.prefix { $0 != Self.separator }
      if wantedLevel.elementsEqual(CollectionOfOne(Self.anyLevels)) { return true }
      let level = name.prefix { $0 != Self.separator }
      guard wantedLevel.elementsEqual(CollectionOfOne(Self.anyLevel)) || wantedLevel.elementsEqual(level) else {
        return false
      }
      wanted = wanted[wantedLevel.endIndex...]
      name = name[level.endIndex...]
      // `a/#` covers `a` as well (MQTT 5 §4.7.1.2).
      if name.isEmpty { return wanted.isEmpty || wanted.elementsEqual("/#".utf8) }
      guard !wanted.isEmpty else { return false }
      wanted = wanted.dropFirst()
      name = name.dropFirst()
    }
  }

  /// Its levels, which `/` separates; some may be empty.
  public var levels: [Substring] {
    pattern.utf8.split(separator: Self.separator, omittingEmptySubsequences: false).map(Substring.init)
  }

  /// Whether every topic that `other` matches is matched by this one too, level by level.
  public func covers(_ other: TopicFilter) -> Bool {
    let (mine, theirs) = (levels, other.levels)
    if theirs.first?.utf8.first == UInt8(ascii: "$"), mine.first?.utf8.first != UInt8(ascii: "$") { return false }
    for (index, level) in mine.enumerated() {
      if level == "#" { return true }
      guard index < theirs.count, theirs[index] != "#" else { return false }
      guard level == "+" || level.utf8.elementsEqual(theirs[index].utf8) else { return false }
    }
    // `a/#` matches `a` alone as well, which only `#` would cover.
    return mine.count == theirs.count
  }

  private static let separator = UInt8(ascii: "/")
  private static let anyLevel = UInt8(ascii: "+")
  private static let anyLevels = UInt8(ascii: "#")

  /// The filter as text.
  public var description: String { pattern }

  /// Whether both have the same bytes [MQTT-4.7.3-4].
  public static func == (left: TopicFilter, right: TopicFilter) -> Bool {
    left.pattern.utf8.elementsEqual(right.pattern.utf8)
  }
}
