public import Model

/// The response topics of commands that a device was sent: it may publish to each of them once, though they are not its own.
public struct ReplyTopics: Sendable {
  /// How many are remembered; then the oldest is forgotten.
  private static let most = 64

  private var topics: [Topic] = []

  /// None yet.
  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { topics.isEmpty }

  /// A command asks for an answer at `topic`.
  public mutating func allow(_ topic: Topic) {
    if topics.count >= Self.most { topics.removeFirst() }
    topics.append(topic)
  }

  /// Whether an answer to `topic` may be published; once for each command.
  public mutating func take(_ topic: Topic) -> Bool {
    guard let place = topics.firstIndex(of: topic) else { return false }
    topics.remove(at: place)
    return true
  }
}
