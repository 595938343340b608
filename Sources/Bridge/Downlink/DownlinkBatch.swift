public import Model
import Synchronization

/// A message from the broker, for whoever has subscribed to its topic.
public struct DownlinkMessage: Sendable {
  /// As the broker sent it; it has the retain flag that it was published with.
  public let message: Message
  /// Which upstream subscriptions it comes from. A broker of MQTT 3.1.1 does not say, and the list is empty.
  public let identifiers: [Int]

  /// A message from these subscriptions.
  public init(message: Message, identifiers: [Int]) {
    self.message = message
    self.identifiers = identifiers
  }
}

/// Messages that came together, and that the broker gets its acknowledgements for once each of their takers has finished.
public final class DownlinkBatch: Sendable {
  /// In the order in which they came.
  public let messages: [DownlinkMessage]
  /// The subscriptions that the broker may not know yet, so that messages which match them come from others alone.
  public let unconfirmed: Set<Int>
  private let unfinished = Atomic(1)
  private let done: @Sendable () -> Void

  init(_ messages: [DownlinkMessage], unconfirmed: Set<Int> = [], done: @escaping @Sendable () -> Void) {
    self.messages = messages
    self.unconfirmed = unconfirmed
    self.done = done
  }

  /// One more has to finish before the batch is done; to be said by who has not finished yet.
  public func retain() { unfinished.add(1, ordering: .relaxed) }

  /// A taker has done with these messages what is to be done: those at QoS 1 and 2 are on disk where they have to be. The
  /// bridge itself is the first taker, and finishes when it has handed the batch over.
  public func finish() {
    if unfinished.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { done() }
  }
}
