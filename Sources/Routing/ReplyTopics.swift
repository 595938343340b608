public import Model

/// The response topics of commands that a device was sent: it may publish to each of them once, though they are not its own.
public struct ReplyTopics: Sendable {
  /// How many are remembered; then the oldest is forgotten.
  private static let most = 64

  private var replies: [(topic: Topic, sequence: Int64?)] = []

  /// None yet.
  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { replies.isEmpty }

  /// `command` may be answered, if it asks for an answer; once, though it may be said again with its `sequence`.
  public mutating func allow(_ command: Message, sequence: Int64?) {
    guard let topic = command.properties.responseTopic, topic.name.utf8.first != UInt8(ascii: "$") else { return }
    guard sequence == nil || !replies.contains(where: { $0.sequence == sequence }) else { return }
    if replies.count >= Self.most { replies.removeFirst() }
    replies.append((topic, sequence))
  }

  /// Whether an answer to `topic` may be published; once for each command.
  public mutating func take(_ topic: Topic) -> Bool {
    guard let place = replies.firstIndex(where: { $0.topic == topic }) else { return false }
    replies.remove(at: place)
    return true
  }
}
