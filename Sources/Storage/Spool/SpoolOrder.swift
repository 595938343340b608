import NIOConcurrencyHelpers
import Platform

/// Something that the spool is asked to do.
enum SpoolOrder: Sendable {
  case append([SpooledMessage], @Sendable (Result<Void, StorageError>) -> Void)
  case remove([Int64])
  case setAside(SpooledMessage, reason: String)
  case read(SpoolReading, @Sendable (Result<SpoolPage, StorageError>) -> Void)
  /// The last one.
  case close
}

/// Where any thread leaves orders, and the spool's thread fetches all of them at once, in their order.
final class SpoolOrders: Sendable {
  private let orders = NIOLockedValueBox<(list: [SpoolOrder], isClosed: Bool)>(([], false))
  private let wakeUp: WakeUp

  init() throws(SystemError) { wakeUp = try WakeUp() }

  /// Adds an order; false where there is nobody any more to carry it out.
  func add(_ order: SpoolOrder) -> Bool {
    let (isTaken, rings) = orders.withLockedValue { orders -> (Bool, Bool) in
      guard !orders.isClosed else { return (false, false) }
      if case .close = order { orders.isClosed = true }
      orders.list.append(order)
      return (true, orders.list.count == 1)
    }
    if rings { wakeUp.ring() }
    return isTaken
  }

  /// Waits for orders, at most so long, and takes them; none when the time is over.
  func take(within patience: Duration?) -> [SpoolOrder] {
    let deadline = patience.map { ContinuousClock.now + $0 }
    var poll = Poll()
    while true {
      let list = orders.withLockedValue { orders -> [SpoolOrder] in
        defer { orders.list = [] }
        return orders.list
      }
      let left = deadline.map { $0 - .now }
      if !list.isEmpty { return list }
      if let left, left <= .zero { return [] }
      poll.removeAll()
      _ = poll.watch(wakeUp.descriptor)
      poll.wait(left ?? .seconds(3_600))
      wakeUp.clear()
    }
  }
}
