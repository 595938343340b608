import Control
import Devices
import Platform
import ServiceLifecycle
import UnixSignals

/// The table of devices as a service: it follows devices.d by itself, and looks at every file when asked to.
struct Reloading: Service {
  private let orders: DeviceOrders
  private let watcher: @Sendable () -> DeviceWatcher

  /// Follows `directory`, which has just been loaded.
  ///
  /// - Parameters:
  ///   - directory: where devices are read.
  ///   - adjustment: what is known of devices and is not in their files; see ``look(at:)``.
  ///   - sweepInterval: how often every file is looked at, whatever events say.
  ///   - problems: what was found in it, and told.
  ///   - floor: whose table it keeps.
  ///   - trays: where others hear of changes.
  ///   - log: where it says what changed.
  /// - Throws: `SystemError` if no file can be opened.
  init(
    _ directory: DeviceDirectory, adjusting adjustment: DeviceAdjustment? = nil, sweepInterval: Duration,
    told problems: [Problem], floor: SessionFloor, trays: NoteTrays, log: GatewayLog
  ) throws {
    let orders = try DeviceOrders()
    self.orders = orders
    watcher = {
      DeviceWatcher(directory, adjustment, floor, orders, sweepInterval: sweepInterval, told: problems, trays, log)
    }
  }

  /// Looks at every file now; a failed reload keeps what was running.
  ///
  /// - Throws: `DevicesError` if the directory cannot be read.
  func reload() async throws -> ReloadReport { try await orders.reload() }

  /// Has the files of these names looked at, soon, though nothing may have happened to them.
  func look(at names: Set<String>) { orders.look(at: names) }

  func run() async throws {
    // Canceled where another service failed.
    try await withTaskCancellationOrGracefulShutdownHandler {
      try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
        do {
          try SystemThread.start("devices") {
            watcher().run()
            ended.resume()
          }
        } catch {
          ended.resume(throwing: error)
        }
      }
    } onCancelOrGracefulShutdown: {
      orders.stop()
    }
  }
}

/// SIGHUP looks at every file of devices.d.
struct ReloadOnHangup: Service {
  private let reloading: Reloading

  init(_ reloading: Reloading) { self.reloading = reloading }

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      SystemdNotification.send("RELOADING=1\nMONOTONIC_USEC=\(SystemdNotification.monotonicMicroseconds)")
      // It has been logged, and what was running goes on.
      do { _ = try await reloading.reload() } catch {}
      SystemdNotification.send("READY=1")
    }
  }
}
