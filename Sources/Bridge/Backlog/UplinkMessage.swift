import Model
import Storage

/// One message that the bridge has taken over, at its place in the order of arrival.
struct UplinkMessage {
  /// Its place among all messages, also those of earlier runs.
  let sequence: Int64
  let message: Message
  let lane: LaneKey
  /// Who is to hear what became of it.
  let receipt: Receipt?
  /// Whether the spool has it for certain: then who waited was told, and it is no load on the outbox.
  var isSpooled = false
  /// Whether the spool has it or may have it, so that it must be taken out at the end.
  var mayBeOnDisk = false
  let arrived: ContinuousClock.Instant

  init(_ submission: Submission, sequence: Int64, arrived: ContinuousClock.Instant) {
    self.sequence = sequence
    message = submission.message
    lane = submission.lane
    receipt = submission.receipt
    self.arrived = arrived
  }

  /// As the spool gives it back.
  init(_ spooled: SpooledMessage, arrived: ContinuousClock.Instant) {
    sequence = spooled.sequence
    message = spooled.message
    lane = LaneKey(hash: spooled.lane)
    receipt = nil
    isSpooled = true
    mayBeOnDisk = true
    self.arrived = arrived
  }

  /// The message as it is to be sent now, with what is left of its expiry interval; nil when nothing is left.
  var current: Message? {
    guard !message.properties.isEmpty, let properties = message.properties.aged(by: .now - arrived) else {
      return message.properties.isEmpty ? message : nil
    }
    var current = message
    current.properties = properties
    return current
  }

  /// As the spool takes it.
  var spooled: SpooledMessage { SpooledMessage(sequence: sequence, lane: lane.hash, message: message) }

  var isAtMostOnce: Bool { message.qos == .atMostOnce }

  var load: OutboxLoad { OutboxLoad(message) }
}
