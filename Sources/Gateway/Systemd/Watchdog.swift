import Bridge
import Platform
import ServiceLifecycle

/// Gives systemd a sign of life, as long as there is life: every event loop has answered, and the bridge's thread has made a
/// turn since the last one.
struct Watchdog: Service {
  private let timeout: Duration
  private let floor: SessionFloor
  private let bridge: Bridge

  /// Nil where nobody waits for signs of life.
  init?(_ floor: SessionFloor, _ bridge: Bridge) {
    guard let timeout = SystemdWatchdog.timeout else { return nil }
    self.timeout = timeout
    self.floor = floor
    self.bridge = bridge
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var turns = -1
      while !Task.isCancelled {
        let now = bridge.statistics.turns
        if now != turns, await floor.answers() { SystemdNotification.send("WATCHDOG=1") }
        turns = now
        // Cancelled: the loop ends.
        try? await Task.sleep(for: timeout / 4)
      }
    }
  }
}
