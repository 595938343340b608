import Model

/// Numbers that stand for topics, for as long as one connection lasts (MQTT 5 §3.3.2.3.4).
struct InboundTopicAliases: Sendable {
  private var topics: [Topic?] = []

  /// The topic that a PUBLISH means: its own, which `alias` stands for from now on, or the one that it stands for already.
  mutating func resolve(_ topic: Topic?, alias: UInt16?, limit: Int) throws(SessionError) -> Topic {
    guard let alias else {
      guard let topic else { throw .topicMissing }
      return topic
    }
    let place = Int(alias) - 1
    guard place >= 0, place < limit else { throw .topicAliasInvalid(alias, limit: limit) }
    guard let topic else {
      guard place < topics.count, let known = topics[place] else { throw .topicAliasUnknown(alias) }
      return known
    }
    while topics.count <= place { topics.append(nil) }
    topics[place] = topic
    return topic
  }
}

/// Likewise for what the device is sent: the first topics get a number each.
struct OutboundTopicAliases: Sendable {
  private var numbers: [Topic: UInt16] = [:]
  /// How many there may be.
  var limit = 0

  /// The alias of `topic`, and whether the device knows it already.
  mutating func alias(for topic: Topic) -> (number: UInt16, isKnown: Bool)? {
    if let number = numbers[topic] { return (number, true) }
    guard numbers.count < limit else { return nil }
    let number = UInt16(numbers.count + 1)
    numbers[topic] = number
    return (number, false)
  }

  /// The device was not told of the newest alias after all.
  mutating func forget(_ topic: Topic) { numbers[topic] = nil }
}
