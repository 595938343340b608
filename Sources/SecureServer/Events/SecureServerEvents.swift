import Synchronization

/// The events of a server as a sequence. It is bounded: what a slow reader leaves is dropped, newest first, and counted.
public struct SecureServerEvents: AsyncSequence, Sendable {
  /// What the sequence is made of.
  public typealias Element = SecureServerEvent

  private let stream: AsyncStream<SecureServerEvent>
  private let subscriber: Subscriber

  init(capacity: Int) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: SecureServerEvent.self, bufferingPolicy: .bufferingOldest(Swift.max(1, capacity)))
    self.stream = stream
    subscriber = Subscriber(continuation)
  }

  /// How many events were dropped because nobody took them in time.
  public var droppedCount: Int { subscriber.dropped.load(ordering: .relaxed) }

  /// Iterates over the events; ends with the server.
  public func makeAsyncIterator() -> AsyncStream<SecureServerEvent>.AsyncIterator { stream.makeAsyncIterator() }

  func subscribe(to core: ServerCore) { core.subscribe(subscriber) }

  final class Subscriber: Sendable {
    fileprivate let dropped = Atomic(0)
    private let continuation: AsyncStream<SecureServerEvent>.Continuation

    init(_ continuation: AsyncStream<SecureServerEvent>.Continuation) { self.continuation = continuation }

    /// False once nobody listens any more.
    func yield(_ event: SecureServerEvent) -> Bool {
      switch continuation.yield(event) {
      case .dropped: dropped.add(1, ordering: .relaxed)
      case .terminated: return false
      case .enqueued: break
      @unknown default: break
      }
      return true
    }

    func finish() { continuation.finish() }
  }
}
