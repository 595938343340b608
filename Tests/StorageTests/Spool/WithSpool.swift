import Model
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Storage

/// Runs a spool for the duration of `body`, in a directory of its own unless told.
func withSpool<Result>(
  in path: String? = nil, events: EventList = EventList(), _ body: (Spool) async throws -> Result
) async throws -> Result {
  guard let path else { return try await withTemporaryDirectory { try await withSpool(in: $0, events: events, body) } }
  let state = try await openAgain(path)
  defer { withExtendedLifetime(state) {} }
  let spool = try Spool.open(in: state) { events.append($0) }
  defer { spool.close() }
  return try await body(spool)
}

/// Opens a state directory that was just given up here. A program that some test starts meanwhile has the lock's descriptor
/// too, until it is executed.
func openAgain(_ path: String) async throws -> StateDirectory {
  var opened: StateDirectory?
  try await eventually("the lock of \(path)") {
    do throws(StorageError) { opened = try StateDirectory.open(path: path) } catch .inUse {} catch { throw error }
    return opened != nil
  }
  return try #require(opened)
}

/// What a spool has told.
final class EventList: Sendable {
  private let list = NIOLockedValueBox<[SpoolEvent]>([])

  func append(_ event: SpoolEvent) { list.withLockedValue { $0.append(event) } }
  var all: [SpoolEvent] { list.withLockedValue { $0 } }
}

extension SpooledMessage {
  static func make(
    _ sequence: Int64, lane: UInt64 = 0, topic: String = "devices/dev/up", payload: [UInt8] = [1, 2, 3],
    qos: QualityOfService = .atLeastOnce, retain: Bool = false
  ) throws -> SpooledMessage {
    let message = Message(topic: try Topic(topic), payload: payload, qos: qos, retain: retain)
    return SpooledMessage(sequence: sequence, lane: lane, message: message)
  }
}

extension Spool {
  /// Puts messages on disk, and waits until they are.
  func append(_ messages: [SpooledMessage]) async throws {
    try await withCheckedThrowingContinuation { continuation in
      append(messages) { continuation.resume(with: $0.mapError { $0 }) }
    }
  }

  func read(
    share: Int = 0, of shares: Int = 1, after: Int64 = 0, count: Int = 10_000, bytes: Int = 1 << 30
  ) async throws -> SpoolPage {
    try await withCheckedThrowingContinuation { continuation in
      read(share: share, of: shares, after: after, count: count, bytes: bytes) {
        continuation.resume(with: $0.mapError { $0 })
      }
    }
  }
}
