import Bridge
import Model
import Routing
import Sessions

/// What an MQTT connection leaves for the next one of its session.
struct SessionRemains: Sendable {
  /// What is under way.
  var state: SessionState
  /// Where the device may answer commands.
  var replyTopics: ReplyTopics
}

/// An MQTT session whose connection has ended and whose last messages have not found their end.
struct LeavingSession: Sendable {
  private let attachment: SessionAttachment
  private let device: DeviceID
  let connection: UInt64
  let since = ContinuousClock.now
  private let end: SessionEnd
  private var remains: SessionRemains

  init(
    _ attachment: SessionAttachment, device: DeviceID, connection: UInt64, end: SessionEnd, remains: SessionRemains
  ) {
    self.attachment = attachment
    self.device = device
    self.connection = connection
    self.end = end
    self.remains = remains
  }

  /// Whether the outcome of some message of QoS 2 is still to come, and somebody will want to know.
  var waits: Bool { (attachment.isKept || end.sessionExpiryInterval ?? 0 > 0) && remains.state.waitsForOutcomes }

  /// The bridge says what became of a message. What it has dropped the device sends again.
  mutating func settled(_ token: UInt64, _ delivery: Delivery) {
    let outcome: PublishOutcome =
      switch delivery {
      case .acknowledged, .spooled, .dropped(.expired): .accepted
      case .rejected(let code): .rejected(ReasonCode(rawValue: code))
      case .dropped: .rejected(.unspecifiedError)
      }
    remains.state.settle(PublishToken(sequence: token), outcome, attachment.version)
  }

  /// Gives the session back to its home.
  func goHome() {
    let (device, clientID, connection, end) = (device, attachment.clientID, connection, end)
    // One that was never let in has nothing under way.
    let remains = attachment.number == nil ? nil : remains
    attachment.home.run { $0.shard.detach(device, clientID, connection, end, remains) }
  }
}
