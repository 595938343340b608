import Bridge
import Control
import FoundationEssentials
import ServiceLifecycle

/// Keeps what the broker believes of devices true: after a restart of the gateway, and after the broker was away.
struct PresenceService: Service {
  private static let pause = Duration.milliseconds(20)
  private static let perPause = 20

  private let presence: PresenceDesk
  private let floor: SessionFloor
  private let news: BridgeNews
  private let trays: NoteTrays
  private let grace: Duration
  private let log: GatewayLog

  init(
    _ presence: PresenceDesk, _ floor: SessionFloor, _ news: BridgeNews, _ trays: NoteTrays, restartGrace: Duration,
    _ log: GatewayLog
  ) {
    self.trays = trays
    grace = restartGrace
    self.presence = presence
    self.floor = floor
    self.news = news
    self.log = log
  }

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await followBridge() }
      group.addTask { await giveUpLeftBehind() }
      try await group.waitForAll()
    }
  }

  private func followBridge() async {
    var wasConnected = false
    var lanes = BridgeLanes()
    for await event in news.events.cancelOnGracefulShutdown() {
      log.bridge(event)
      if lanes.changed(with: event), let told = GatewayEvent(event, at: .now) { trays.others.put(.event(told)) }
      switch event {
      case .connected(_, let lane) where lane == 0:
        if wasConnected { floor.announceAll() }
        wasConnected = true
      case .congested: floor.setCongested(true)
      case .relieved: floor.setCongested(false)
      case .connected, .disconnected, .rejected: break
      }
    }
  }

  private func giveUpLeftBehind() async {
    guard !presence.leftBehind.isEmpty else { return }
    await cancelWhenGracefulShutdown {
      // Cancelled: the next start says it.
      do {
        try await Task.sleep(for: grace)
        for (index, device) in presence.leftBehind.sorted().enumerated() {
          presence.giveUp(device)
          if index % Self.perPause == 0 { try await Task.sleep(for: Self.pause) }
        }
      } catch {}
    }
  }
}

/// What the bridge tells, for one reader.
struct BridgeNews: Sendable {
  let events: AsyncStream<BridgeEvent>
  private let continuation: AsyncStream<BridgeEvent>.Continuation

  init() {
    (events, continuation) = AsyncStream.makeStream(of: BridgeEvent.self)
  }

  func publish(_ event: BridgeEvent) { continuation.yield(event) }
}

/// Which connections to the broker are up, so that an attempt that fails like the one before is no news.
struct BridgeLanes {
  private var isUp: [Int: Bool] = [:]

  /// Whether `event` says that a connection is not as it was.
  mutating func changed(with event: BridgeEvent) -> Bool {
    switch event {
    case .connected(_, let lane): isUp.updateValue(true, forKey: lane) != true
    case .disconnected(let lane, _, _): isUp.updateValue(false, forKey: lane) != false
    case .congested, .relieved, .rejected: false
    }
  }
}
