import Model
import Platform

/// What the lanes of one bridge share; it belongs to the bridge's thread.
final class LaneContext {
  let settings: BridgeSettings
  let wakeUp: WakeUp
  let log: BridgeLog
  let tell: (BridgeEvent) -> Void
  /// Where messages go while the broker is away; nil: nowhere.
  let spool: SpoolPort?
  /// Whether the bridge is about to end, so that nothing more is read from disk.
  var isEnding = false
  var settlements = Settlements()
  var settled = Settled()
  var counts = BridgeStatistics()
  /// How many lanes are connected to each broker.
  private var lanesAt: [Int]
  /// When a lane was connected last.
  private(set) var foundBroker: ContinuousClock.Instant?
  /// The brokers that know MQTT 3.1.1 alone.
  private var oldBrokers: Set<Int> = []
  private var isSpoolFull = false
  var complaints = Throttle(interval: .seconds(1))

  init(
    _ settings: BridgeSettings, _ wakeUp: WakeUp, _ spool: SpoolPort?, _ log: BridgeLog,
    _ tell: @escaping (BridgeEvent) -> Void
  ) {
    self.spool = spool
    self.settings = settings
    self.wakeUp = wakeUp
    self.log = log
    self.tell = tell
    lanesAt = Array(repeating: 0, count: settings.brokers.count)
  }

  /// The broker that some lane is connected to, which the others prefer; else the first.
  var brokerInUse: Int { lanesAt.firstIndex { $0 > 0 } ?? 0 }

  /// Which version of MQTT to speak to a broker.
  func version(of broker: Int) -> BrokerVersion { oldBrokers.contains(broker) ? .v3 : .v5 }

  /// A broker has refused MQTT 5.
  func refusesVersion5(_ broker: Int) {
    guard oldBrokers.insert(broker).inserted else { return }
    log.brokerIsOld(settings.brokers[broker])
  }

  /// Whether the spool takes more; the operator is told when that changes.
  var spoolHasRoom: Bool {
    guard let spool, spool.hasRoom == isSpoolFull else { return !isSpoolFull }
    isSpoolFull.toggle()
    if isSpoolFull { log.spoolFull() } else { log.spoolHasRoom() }
    return !isSpoolFull
  }

  func laneConnected(to broker: Int) {
    lanesAt[broker] += 1
    counts.connectedLanes += 1
    foundBroker = .now
  }

  func laneDisconnected(from broker: Int) {
    lanesAt[broker] -= 1
    counts.connectedLanes -= 1
  }
}
