import Glibc
import NIOConcurrencyHelpers
import Platform

/// Keeps mosquitto running. All of it happens on one thread, which the system ties mosquitto's life to.
final class BrokerSupervisor: Sendable {
  /// Passed when mosquitto listens for the first time, or has been given up.
  let hasStarted = Threshold()
  /// Passed when mosquitto has ended for good.
  let hasEnded = Threshold()
  private let settings: MosquittoSettings
  private let log: BridgeLog
  private let bell: WakeUp
  private let state: NIOLockedValueBox<State>

  /// How long mosquitto may take to save its database and end, before it is killed.
  private static let patience = Duration.seconds(5)

  private struct State {
    var ports: ArraySlice<Int>
    var process: SpawnedProcess?
    var isListening = false
    var isStopping = false
    var lastWords = "it said nothing in time"
    var port: Int { ports.first ?? 0 }
  }

  /// `ports` are tried in this order, and the first one that mosquitto gets is kept.
  init(_ settings: MosquittoSettings, ports: [Int], _ log: BridgeLog) throws(SystemError) {
    self.settings = settings
    self.log = log
    bell = try WakeUp()
    state = NIOLockedValueBox(State(ports: ports[...]))
  }

  var port: Int { state.withLockedValue { $0.port } }
  var processID: Int32? { state.withLockedValue { $0.process?.id } }

  /// Why it does not listen; `nil` if it does.
  var startFailure: BridgeError? {
    state.withLockedValue { state in
      if state.isListening { return nil }
      return Self.meansPortTaken(state.lastWords) ? .brokerPortTaken(state.port) : .brokerDidNotStart(state.lastWords)
    }
  }

  /// Asks mosquitto to end, and sees to it that it does.
  func stop() {
    let running = state.withLockedValue { state in
      defer { state.isStopping = true }
      return state.isStopping ? nil : state.process
    }
    bell.ring()
    guard let running else { return }
    running.signal(SIGTERM)
    do throws(SystemError) {
      try SystemThread.start("broker-end") {
        SystemThread.pause(Self.patience)
        running.signal(SIGKILL)
      }
    } catch {
      // No thread is left to wait on: mosquitto gets no time to save.
      running.signal(SIGKILL)
    }
  }

  /// Runs mosquitto again and again, until it is asked to stop. A start that never led to a listening broker is not
  /// repeated, but for another port.
  func superviseUntilStopped() {
    var backoff = Backoff(BackoffSettings(minimum: .milliseconds(200), maximum: .seconds(10)))
    while !isStopping {
      let started = ContinuousClock.now
      let end = runOnce()
      if isStopping { break }
      if !hasStarted.isPassed {
        guard tryNextPort() else { break }
        continue
      }
      if ContinuousClock.now - started > .seconds(30) { backoff.reset() }
      let pause = backoff.pause()
      log.brokerEnded(end, retryIn: pause)
      wait(pause)
    }
    hasStarted.pass()
    hasEnded.pass()
  }

  private var isStopping: Bool { state.withLockedValue { $0.isStopping } }

  /// Whether the port was the reason and there is another one.
  private func tryNextPort() -> Bool {
    state.withLockedValue { state in
      guard Self.meansPortTaken(state.lastWords), state.ports.count > 1 else { return false }
      state.ports.removeFirst()
      return true
    }
  }

  /// Runs mosquitto until it ends, and says why it did.
  private func runOnce() -> String {
    do throws(SystemError) {
      let (port, words) = (self.port, try Pipe())
      let process = try words.withWritingEnd { end throws(SystemError) in
        try settings.start(port: port, output: end)
      }
      take(process)
      words.forEachLine(hear)
      let end = process.wait()
      return state.withLockedValue { state in
        state.process = nil
        return "\(end): \(state.lastWords)"
      }
    } catch {
      state.withLockedValue { $0.lastWords = error.description }
      return error.description
    }
  }

  private func take(_ process: SpawnedProcess) {
    state.withLockedValue { state in
      state.process = process
      // Asked to stop while it was being started.
      if state.isStopping { process.signal(SIGTERM) }
    }
  }

  private func hear(_ line: String) {
    log.brokerSaid(line)
    state.withLockedValue { $0.lastWords = line }
    guard line.hasPrefix("mosquitto version"), line.hasSuffix("running") else { return }
    state.withLockedValue { $0.isListening = true }
    hasStarted.pass()
  }

  /// Waits, but not beyond the wish to stop.
  private func wait(_ pause: Duration) {
    var poll = Poll()
    poll.watch(bell.descriptor)
    poll.wait(pause)
  }

  private static func meansPortTaken(_ words: String) -> Bool { words.contains("Address already in use") }
}
