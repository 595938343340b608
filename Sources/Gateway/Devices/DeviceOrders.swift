import Control
import NIOConcurrencyHelpers
import Platform

/// What others ask of the thread that keeps the table up to devices.d.
final class DeviceOrders: Sendable {
  typealias Reload = CheckedContinuation<ReloadReport, any Error>

  /// What there is to do.
  struct Waiting {
    /// Who waits for every file to be looked at.
    var reloads: [Reload] = []
    /// Files to look at, though nothing may have happened to them.
    var names: Set<String> = []
    /// Whether the gateway stops.
    var isStopping = false
  }

  private let waiting = NIOLockedValueBox(Waiting())
  private let bell: WakeUp

  /// - Throws: `SystemError` if no file can be opened.
  init() throws { bell = try WakeUp() }

  /// What to poll: it is readable when there is something to do.
  var descriptor: CInt { bell.descriptor }

  /// Has every file looked at, and waits for what came of it.
  ///
  /// - Throws: `DevicesError` if the directory cannot be read; ``GatewayError/stopping``.
  func reload() async throws -> ReloadReport {
    try await withCheckedThrowingContinuation { continuation in
      let isTaken = give { waiting in
        if !waiting.isStopping { waiting.reloads.append(continuation) }
        return !waiting.isStopping
      }
      if !isTaken { continuation.resume(throwing: GatewayError.stopping) }
    }
  }

  /// Has the files of these names looked at, and what is known of their devices counted, soon.
  func look(at names: Set<String>) { give { $0.names.formUnion(names) } }

  /// Ends the thread.
  func stop() { give { $0.isStopping = true } }

  /// Takes what there is to do. Once it says that the gateway stops, it goes on saying so.
  func take() -> Waiting {
    bell.clear()
    return waiting.withLockedValue { waiting in
      defer { waiting = Waiting(isStopping: waiting.isStopping) }
      return waiting
    }
  }

  private func give<Result>(_ order: (inout Waiting) -> Result) -> Result {
    defer { bell.ring() }
    return waiting.withLockedValue(order)
  }
}
