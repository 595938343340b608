import NIOConcurrencyHelpers
import Platform

/// Where any thread leaves orders, and the one thread that carries them out fetches all of them at once, in their order.
final class OrderQueue<Order: Sendable>: Sendable {
  private let orders = NIOLockedValueBox<(list: [Order], isClosed: Bool)>(([], false))
  private let wakeUp: WakeUp

  init() throws(SystemError) { wakeUp = try WakeUp() }

  /// Adds an order, after the last one none; false where there is nobody any more to carry it out.
  func add(_ order: Order, isLast: Bool = false) -> Bool {
    let (isTaken, rings) = orders.withLockedValue { orders -> (Bool, Bool) in
      guard !orders.isClosed else { return (false, false) }
      if isLast { orders.isClosed = true }
      orders.list.append(order)
      return (true, orders.list.count == 1)
    }
    if rings { wakeUp.ring() }
    return isTaken
  }

  /// Waits for orders, at most so long, and takes them; none when the time is over.
  func take(within patience: Duration?) -> [Order] {
    let deadline = patience.map { ContinuousClock.now + $0 }
    var poll = Poll()
    while true {
      let list = orders.withLockedValue { orders -> [Order] in
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
