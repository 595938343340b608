import Model
import Platform

/// What the lanes of one bridge share; it belongs to the bridge's thread.
final class LaneContext {
  let settings: BridgeSettings
  let wakeUp: WakeUp
  let log: BridgeLog
  let tell: (BridgeEvent) -> Void
  var settlements = Settlements()
  var settled = Settled()
  var counts = BridgeStatistics()
  /// How many lanes are connected to each broker.
  private var lanesAt: [Int]
  private var complaints = Throttle(interval: .seconds(1))

  init(_ settings: BridgeSettings, _ wakeUp: WakeUp, _ log: BridgeLog, _ tell: @escaping (BridgeEvent) -> Void) {
    self.settings = settings
    self.wakeUp = wakeUp
    self.log = log
    self.tell = tell
    lanesAt = Array(repeating: 0, count: settings.brokers.count)
  }

  /// The broker that some lane is connected to, which the others prefer; else the first.
  var brokerInUse: Int { lanesAt.firstIndex { $0 > 0 } ?? 0 }

  func laneConnected(to broker: Int) {
    lanesAt[broker] += 1
    counts.connectedLanes += 1
  }

  func laneDisconnected(from broker: Int) {
    lanesAt[broker] -= 1
    counts.connectedLanes -= 1
  }

  /// Notes what became of `submission`: its receipt will hear of it, and the outbox gets its room back.
  func settle(_ submission: Submission, _ delivery: Delivery) {
    settled.count(submission)
    settlements.add(submission.receipt, delivery)
    let topic = submission.message.topic
    switch delivery {
    case .acknowledged: if !submission.isAtMostOnce { counts.acknowledged += 1 }
    case .rejected(let code): countRejection(topic, code)
    case .dropped(.unsendable(let reason)): countUnsendable(topic, reason)
    case .dropped: counts.dropped += 1
    }
  }

  private func countRejection(_ topic: Topic, _ code: UInt8) {
    counts.rejected += 1
    tell(.rejected(topic: topic, code: code))
    guard let silenced = complaints.pass(at: .now) else { return }
    log.rejected(topic, code: code, reason: MosquittoCode.text(ofReason: code), silenced: silenced)
  }

  private func countUnsendable(_ topic: Topic, _ reason: String) {
    counts.dropped += 1
    guard let silenced = complaints.pass(at: .now) else { return }
    log.unsendable(topic, reason: reason, silenced: silenced)
  }
}
