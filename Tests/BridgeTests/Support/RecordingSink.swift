import Bridge
import NIOConcurrencyHelpers

/// Remembers what it was told, in order.
final class RecordingSink: ReceiptSink {
  private let told = NIOLockedValueBox<(deliveries: [(token: UInt64, delivery: Delivery)], calls: Int)>(([], 0))

  func settled(_ receipts: [(Receipt, Delivery)]) {
    told.withLockedValue { told in
      told.calls += 1
      for (receipt, delivery) in receipts { told.deliveries.append((receipt.token, delivery)) }
    }
  }

  func receipt(_ token: Int) -> Receipt { Receipt(sink: self, connection: 1, token: UInt64(token)) }

  var count: Int { told.withLockedValue { $0.deliveries.count } }
  var calls: Int { told.withLockedValue { $0.calls } }
  var tokens: [Int] { told.withLockedValue { $0.deliveries.map { Int($0.token) } } }
  var deliveries: [Delivery] { told.withLockedValue { $0.deliveries.map(\.delivery) } }
  var acknowledged: Int { deliveries.count { $0 == .acknowledged } }
  func delivery(of token: Int) -> Delivery? {
    told.withLockedValue { $0.deliveries.first { $0.token == UInt64(token) }?.delivery }
  }
}
