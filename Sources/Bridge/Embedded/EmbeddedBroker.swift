public import Logging
import Platform
public import ServiceLifecycle

/// Debian's mosquitto as a child of this process, on 127.0.0.1: a broker for those who have none yet.
///
/// It is started again when it ends by itself, and ends with this process, even after a kill -9.
public final class EmbeddedBroker: Service {
  private let supervisor: BrokerSupervisor
  private let log: BridgeLog

  /// Where it listens; final once ``start(within:)`` has returned.
  public var port: Int { supervisor.port }

  /// Finds mosquitto and a port, and makes the directory; nothing is started yet.
  ///
  /// - Parameters:
  ///   - directory: where its configuration and its database are kept; made where it is missing.
  ///   - port: where it listens; nil: 1883 if free, else any free port; 0: any free port.
  ///   - logger: where its own words go.
  ///   - searched: where mosquitto is looked for.
  /// - Throws: ``BridgeError/brokerNotInstalled(searched:)``, ``BridgeError/brokerPortTaken(_:)``,
  ///   ``BridgeError/system(_:)``.
  public convenience init(
    directory: String, port: Int?, logger: Logger, searching searched: [String] = MosquittoSettings.searchPath
  ) throws(BridgeError) {
    try self.init(directory: directory, ports: try Self.candidates(port), logger: logger, searching: searched)
  }

  /// Takes the first of `ports` that is free when mosquitto starts.
  init(
    directory: String, ports: [Int], logger: Logger, searching searched: [String] = MosquittoSettings.searchPath
  ) throws(BridgeError) {
    log = BridgeLog(logger)
    let settings = try MosquittoSettings(directory: directory, searching: searched)
    do { supervisor = try BrokerSupervisor(settings, ports: ports, log) } catch { throw .system(error) }
  }

  /// The ports to try, in order. One that is free now may be taken a moment later, hence more than one.
  private static func candidates(_ wanted: Int?) throws(BridgeError) -> [Int] {
    if let wanted, wanted != 0 {
      guard LoopbackPort.isFree(wanted) else { throw .brokerPortTaken(wanted) }
      return [wanted]
    }
    let usual = wanted == nil && LoopbackPort.isFree(1883) ? [1883] : []
    let ports = usual + (0..<5).compactMap { _ in LoopbackPort.free() }
    guard !ports.isEmpty else { throw .system(SystemError("find a free port")) }
    return ports
  }

  /// Starts it, and waits until it takes connections.
  ///
  /// - Throws: ``BridgeError/brokerDidNotStart(_:)``, ``BridgeError/brokerPortTaken(_:)``.
  public func start(within limit: Duration = .seconds(10)) async throws {
    try SystemThread.start("broker") { [supervisor] in supervisor.superviseUntilStopped() }
    do {
      let end = ContinuousClock.now + limit
      while !supervisor.hasStarted.isPassed, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
      if let failure = supervisor.startFailure { throw failure }
    } catch {
      supervisor.stop()
      throw error
    }
    log.brokerListening(port: port, id: supervisor.processID ?? 0)
  }

  /// Goes on until a graceful shutdown or the task's cancellation; then mosquitto is asked to end, and waited for.
  public func run() async throws {
    // Cancelled or asked to stop: either way it is over.
    do { try await gracefulShutdown() } catch {}
    supervisor.stop()
    await supervisor.hasEnded.wait()
  }
}
