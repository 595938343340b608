public import Logging
import Platform
public import ServiceLifecycle
import Synchronization

/// Debian's mosquitto as a child of this process, on 127.0.0.1: a broker for those who have none yet.
///
/// It is started again when it ends by itself, and ends with this process, even after a kill -9.
public final class EmbeddedBroker: Service {
  /// Where it listens.
  public let port: Int
  private let settings: MosquittoSettings
  private let log: BridgeLog
  private let state = Mutex(State())
  private let hasEnded = Threshold()

  private struct State {
    var process: SpawnedProcess?
    var isStopping = false
    var lastWords = ""
  }

  /// Finds mosquitto and a port, and writes its configuration; nothing is started yet.
  ///
  /// - Parameters:
  ///   - directory: where its configuration and its database are kept; made where it is missing.
  ///   - port: where it listens; nil: 1883 if free, else any free port; 0: any free port.
  ///   - logger: where its own words go.
  ///   - searched: where mosquitto is looked for.
  /// - Throws: ``BridgeError/brokerNotInstalled(searched:)``, ``BridgeError/brokerPortTaken(_:)``,
  ///   ``BridgeError/system(_:)``.
  public init(
    directory: String, port: Int?, logger: Logger, searching searched: [String] = MosquittoSettings.searchPath
  ) throws(BridgeError) {
    self.port = try Self.choose(port)
    log = BridgeLog(logger)
    settings = try MosquittoSettings(directory: directory, port: self.port, searching: searched)
  }

  private static func choose(_ wanted: Int?) throws(BridgeError) -> Int {
    switch wanted {
    case nil where LoopbackPort.isFree(1883): return 1883
    case nil, 0:
      guard let port = LoopbackPort.free() else { throw .system(SystemError("find a free port")) }
      return port
    case let port?:
      guard LoopbackPort.isFree(port) else { throw .brokerPortTaken(port) }
      return port
    }
  }

  /// Starts it, and waits until it takes connections.
  ///
  /// - Throws: ``BridgeError/brokerDidNotStart(_:)``.
  public func start(within limit: Duration = .seconds(10)) async throws {
    try SystemThread.start("broker") { self.superviseUntilStopped() }
    let end = ContinuousClock.now + limit
    while !LoopbackPort.answers(port) {
      guard ContinuousClock.now < end, !hasEnded.isPassed else {
        stop()
        throw BridgeError.brokerDidNotStart(state.withLock { $0.lastWords })
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    log.brokerListening(port: port, id: state.withLock { $0.process?.id ?? 0 })
  }

  /// Goes on until a graceful shutdown or the task's cancellation; then mosquitto is asked to end, and waited for.
  public func run() async throws {
    // Cancelled or asked to stop: either way it is over.
    do { try await gracefulShutdown() } catch {}
    stop()
    await hasEnded.wait()
  }

  private func stop() {
    state.withLock { state in
      state.isStopping = true
      state.process?.signal(15)
    }
  }

  // MARK: The thread that mosquitto belongs to

  /// Runs mosquitto again and again. The system ends it with the thread that started it (PR_SET_PDEATHSIG), so this one
  /// lives as long as it does.
  private func superviseUntilStopped() {
    var pause = Backoff(BackoffSettings(minimum: .milliseconds(200), maximum: .seconds(10)))
    while !state.withLock({ $0.isStopping }) {
      let started = ContinuousClock.now
      runOnce()
      guard !state.withLock({ $0.isStopping }) else { break }
      if ContinuousClock.now - started > .seconds(30) { pause.reset() }
      let delay = pause.pause()
      log.brokerEnded(state.withLock { $0.lastWords }, retryIn: delay)
      SystemThread.pause(delay)
    }
    hasEnded.pass()
  }

  private func runOnce() {
    let (process, words): (SpawnedProcess, Pipe)
    do {
      let pipe = try Pipe()
      process = try pipe.withWritingEnd { end throws(SystemError) in
        try SpawnedProcess(settings.program, settings.arguments, files: .init(output: end, error: end))
      }
      words = pipe
    } catch {
      return state.withLock { $0.lastWords = "\(error)" }
    }
    state.withLock { state in
      state.process = process
      // Asked to stop while it was started.
      if state.isStopping { process.signal(15) }
    }
    words.forEachLine { line in
      log.brokerSaid(line)
      state.withLock { $0.lastWords = line }
    }
    let end = process.wait()
    state.withLock { state in
      state.process = nil
      if case .signalled(let number) = end { state.lastWords = "ended by signal \(number)" }
    }
  }
}
