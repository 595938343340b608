import Bridge
import NIOConcurrencyHelpers

/// How many messages come and go each second, from counters that are looked at once a second.
final class Rates: Sendable {
  private struct Sample {
    let time: ContinuousClock.Instant
    let up: Int
    let acknowledged: Int
  }

  /// Over how many seconds.
  private static let window = 10

  private let samples = NIOLockedValueBox<[Sample]>([])
  private let metrics: Metrics
  private let bridge: Bridge

  init(_ metrics: Metrics, _ bridge: Bridge) {
    self.metrics = metrics
    self.bridge = bridge
    sample()
  }

  /// Looks at the counters.
  func sample() {
    let sample = now
    samples.withLockedValue { samples in
      samples.append(sample)
      if samples.count > Self.window { samples.removeFirst() }
    }
  }

  /// Messages a second since the oldest look: taken from devices, and acknowledged by the broker.
  var current: (up: Double, acknowledged: Double) {
    let now = now
    guard let oldest = samples.withLockedValue({ $0.first }), oldest.time < now.time else { return (0, 0) }
    let passed = (now.time - oldest.time) / .seconds(1)
    return (Double(now.up - oldest.up) / passed, Double(now.acknowledged - oldest.acknowledged) / passed)
  }

  private var now: Sample {
    Sample(time: .now, up: metrics.messagesUp, acknowledged: bridge.statistics.acknowledged)
  }
}
