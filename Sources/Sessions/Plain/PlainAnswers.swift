/// What a device with `ack: true` is told of its messages: `OK n` or `ERR reason`, in the order in which they came.
struct PlainAnswers: Sendable {
  private var outcomes: [PublishOutcome?] = []
  /// How many messages have been answered.
  private var answered: UInt64 = 0

  /// A message has come.
  mutating func expect() { outcomes.append(nil) }

  /// The outcome of the message `token`; returns what can be said now.
  mutating func settle(_ token: PublishToken, _ outcome: PublishOutcome) -> [String] {
    guard token.sequence >= answered, token.sequence - answered < outcomes.count else { return [] }
    outcomes[Int(token.sequence - answered)] = outcome
    let ready = outcomes.prefix { $0 != nil }.compactMap(\.self)
    outcomes.removeFirst(ready.count)
    return ready.map { outcome in
      answered += 1
      return switch outcome {
      case .accepted: "OK \(answered)"
      case .rejected(let reason): "ERR \(reason.words)"
      }
    }
  }
}

extension ReasonCode {
  /// In words, for devices that know no codes.
  fileprivate var words: String {
    switch self {
    case .notAuthorized: "not allowed"
    case .quotaExceeded: "too large or too many"
    case .packetTooLarge: "too large"
    case .topicNameInvalid: "topic not possible"
    default: "refused"
    }
  }
}
