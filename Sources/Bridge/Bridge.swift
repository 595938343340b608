public import Logging
import Platform
public import ServiceLifecycle
public import Storage

/// The connections to the MQTT broker, for everything that goes up.
///
/// One thread of its own drives libmosquitto. Any thread may ``submit(_:)``: a message is taken over at once, kept while
/// the broker is away, sent in order with the other messages of its device, and reported to its receipt's sink when the
/// broker has acknowledged it or the spool has it on disk. At QoS 1 a message may arrive twice, after a connection was
/// lost; what was reported is never lost.
public final class Bridge: Service {
  private let settings: BridgeSettings
  private let outbox: Outbox
  private let spool: Spool?
  private let log: BridgeLog
  private let onEvent: @Sendable (BridgeEvent) -> Void

  /// Makes a bridge, which connects once it runs; what is submitted before waits.
  ///
  /// - Parameters:
  ///   - settings: where to connect, and every limit.
  ///   - spool: where messages go while the broker is away or slow, at QoS 1 and 2; without one they wait in memory. It must
  ///     stay open until ``run()`` has returned.
  ///   - logger: where to log.
  ///   - onEvent: told of everything that happens, on the bridge's thread; it must not block.
  /// - Throws: ``BridgeError/invalidSettings(_:)``, ``BridgeError/system(_:)``.
  public init(
    settings: BridgeSettings, spool: Spool? = nil, logger: Logger,
    onEvent: @escaping @Sendable (BridgeEvent) -> Void = { _ in }
  ) throws(BridgeError) {
    try settings.check()
    self.settings = settings
    self.spool = spool
    self.onEvent = onEvent
    log = BridgeLog(logger)
    do { outbox = try Outbox(limits: settings.outbox) } catch { throw .system(error) }
  }

  /// Takes over `batch`, in its order; it never blocks, and may be called from any thread.
  ///
  /// Every receipt hears what became of its message: also when the outbox is full, or the bridge has ended.
  public func submit(_ batch: [Submission]) { outbox.submit(batch) }

  /// Asks for the end, as a graceful shutdown does: ``run()`` returns when everything that waits has been sent, or the
  /// drain time is over.
  public func stop() { outbox.requestStop() }

  /// Counts since the start, and how it stands.
  public var statistics: BridgeStatistics { outbox.statistics }

  /// Connects, and publishes until a graceful shutdown or the task's cancellation; then it finishes what waits within the
  /// drain time, says that the gateway is offline, and disconnects. Runs once.
  public func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await runThread()
      } onGracefulShutdown: {
        self.stop()
      }
    } onCancel: {
      stop()
    }
  }

  private func runThread() async throws {
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      do throws(SystemError) {
        try SystemThread.start("bridge") { [settings, outbox, spool, log, onEvent] in
          BridgeLoop(settings, outbox, spool, log, onEvent).run()
          ended.resume()
        }
      } catch {
        ended.resume(throwing: BridgeError.system(error))
      }
    }
  }
}
