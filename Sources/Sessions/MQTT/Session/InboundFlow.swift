import Model

/// What a device has under way to the gateway (MQTT 5 §4.3).
struct InboundFlow: Sendable {
  /// What waits for its outcome.
  private(set) var waiting = AcknowledgementQueue()
  /// QoS 2 messages that were taken and not released: whoever repeats one is answered, and it is not passed on again.
  private(set) var received: Set<UInt16> = []
  /// Those of ``received`` that an earlier connection has left.
  private var inherited: Set<UInt16> = []

  /// What comes of a PUBLISH of QoS 1 or 2.
  enum Arrival: Equatable {
    /// It is new.
    case new(PublishToken)
    /// It is known; the answer to come is for both.
    case known
    /// It was answered before, and the answer is to be said again.
    case answered
    /// The identifier belongs to another message.
    case inUse
  }

  /// How much of its Receive Maximum the device has used up. That begins anew with each connection (MQTT 5 §4.9).
  var count: Int { waiting.count + received.count - inherited.count }

  /// A PUBLISH has come.
  mutating func arrived(_ packetID: UInt16, isExactlyOnce: Bool, duplicate: Bool) -> Arrival {
    if received.contains(packetID) { return isExactlyOnce ? .answered : .inUse }
    guard waiting.contains(packetID) else {
      return .new(waiting.append(packetID, isExactlyOnce: isExactlyOnce))
    }
    // Until its PUBREL has come, another PUBLISH of QoS 2 is the same message [MQTT-4.3.3-10]; at QoS 1 only DUP says so.
    return isExactlyOnce || duplicate ? .known : .inUse
  }

  /// The outcome of a PUBLISH; returns what is to be answered, in order.
  mutating func settle(
    _ token: PublishToken, reason: ReasonCode, _ version: MQTTVersion
  ) -> [AcknowledgementQueue.Answer] {
    let answers = waiting.settle(token, reason: reason)
    for answer in answers where answer.isExactlyOnce && (version == .v3 || !answer.reason.isFailure) {
      received.insert(answer.packetID)
    }
    return answers
  }

  /// A PUBREL has come. Returns whether there was something to release.
  mutating func release(_ packetID: UInt16) -> Bool {
    inherited.remove(packetID)
    return received.remove(packetID) != nil
  }

  /// Another connection begins: what has had no answer, the device sends again. What of QoS 2 was taken is known all the same.
  mutating func connectionEnded() {
    for answer in waiting.settledAnswers where answer.isExactlyOnce && !answer.reason.isFailure {
      received.insert(answer.packetID)
    }
    waiting.removeAll()
    inherited = received
  }
}
