public import Model

/// Who has subscribed to what, found level by level: a message costs what its topic's depth costs, not what there are
/// subscriptions.
///
/// It belongs to one event loop.
public final class SubscriptionTree<Subscriber: Hashable, Subscription> {
  private final class Node {
    var children: [Level: Node] = [:]
    /// Those whose filter ends here.
    var here: [Subscriber: Subscription] = [:]
    /// Those whose filter has `#` below here.
    var below: [Subscriber: Subscription] = [:]

    var isEmpty: Bool { children.isEmpty && here.isEmpty && below.isEmpty }
  }

  private let root = Node()
  /// How many subscriptions there are.
  public private(set) var count = 0

  /// Nobody yet.
  public init() {}

  /// `subscriber` wants what matches `filter`; in the place of what it had for the same filter.
  public func insert(_ subscription: Subscription, of subscriber: Subscriber, for filter: TopicFilter) {
    var node = root
    var levels = filter.levels[...]
    let isOpen = levels.last == "#"
    if isOpen { levels = levels.dropLast() }
    for level in levels {
      let key = Level(level)
      if let child = node.children[key] {
        node = child
      } else {
        let child = Node()
        node.children[key] = child
        node = child
      }
    }
    let replaced =
      isOpen
      ? node.below.updateValue(subscription, forKey: subscriber)
      : node.here.updateValue(subscription, forKey: subscriber)
    if replaced == nil { count += 1 }
  }

  /// It does not any more.
  public func remove(_ subscriber: Subscriber, for filter: TopicFilter) {
    remove(subscriber, filter.levels[...], from: root)
  }

  private func remove(_ subscriber: Subscriber, _ levels: ArraySlice<Substring>, from node: Node) {
    switch levels.first {
    case nil: if node.here.removeValue(forKey: subscriber) != nil { count -= 1 }
    case "#"?: if node.below.removeValue(forKey: subscriber) != nil { count -= 1 }
    case let level?:
      let key = Level(level)
      guard let child = node.children[key] else { return }
      remove(subscriber, levels.dropFirst(), from: child)
      if child.isEmpty { node.children[key] = nil }
    }
  }

  /// Tells `body` of each subscription whose filter matches `topic`. A wildcard in the first level matches no topic that starts
  /// with `$` [MQTT-4.7.2-1].
  public func forEachMatch(_ topic: Topic, _ body: (Subscriber, Subscription) -> Void) {
    let levels = topic.levels
    visit(root, levels[...], isReserved: topic.name.utf8.first == UInt8(ascii: "$"), body)
  }

  private func visit(
    _ node: Node, _ levels: ArraySlice<Substring>, isReserved: Bool, _ body: (Subscriber, Subscription) -> Void
  ) {
    // `a/#` matches `a` as well (MQTT 5 §4.7.1.2).
    if !isReserved { for (subscriber, subscription) in node.below { body(subscriber, subscription) } }
    guard let level = levels.first else {
      for (subscriber, subscription) in node.here { body(subscriber, subscription) }
      return
    }
    guard !node.children.isEmpty else { return }
    let rest = levels.dropFirst()
    if let child = node.children[Level(level)] { visit(child, rest, isReserved: false, body) }
    if !isReserved, let child = node.children[Level.any] { visit(child, rest, isReserved: false, body) }
  }
}

/// One level of a topic or filter, compared byte by byte [MQTT-4.7.3-4].
private struct Level: Hashable {
  static let any = Level("+")

  private let text: Substring

  init(_ text: Substring) { self.text = text }

  static func == (left: Level, right: Level) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}
