import NIOConcurrencyHelpers
import Platform

/// One attempt to reach one broker, on a thread of its own, as looking up a name and waiting for TCP block.
///
/// An attempt that takes too long is let go: its thread ends when the system gives up, and closes what it got.
final class Connector: Sendable {
  private let outcome = NIOLockedValueBox<Result<MosquittoClient, BridgeError>?>(nil)

  /// Begins, and rings `wakeUp` at the end.
  init(
    wakeUp: WakeUp, _ connect: @escaping @Sendable () throws(BridgeError) -> MosquittoClient
  ) {
    do {
      try SystemThread.start("bridge-connect") { [self] in
        let result = Result(catching: connect)
        outcome.withLockedValue { $0 = result }
        wakeUp.ring()
      }
    } catch {
      outcome.withLockedValue { $0 = .failure(.system(error)) }
      wakeUp.ring()
    }
  }

  /// The connected client or why there is none; `nil` as long as the attempt goes on.
  func result() -> Result<MosquittoClient, BridgeError>? { outcome.withLockedValue { $0 } }
}
