import Logging
import Testing

@testable import Bridge

@Suite struct BridgeSettingsTests {
  typealias Change = @Sendable (inout BridgeSettings) -> Void

  static let mistakes: [(String, Change)] = [
    ("broker", { $0.brokers = [] }),
    ("connections", { $0.connections = 0 }),
    ("connections", { $0.connections = 65 }),
    ("window", { $0.window = 0 }),
    ("window", { $0.window = 65_536 }),
    ("keep-alive", { $0.keepAlive = .seconds(4) }),
    ("timeout", { $0.connectTimeout = .zero }),
    ("negative", { $0.drainTime = .seconds(-1) }),
    ("pause", { $0.reconnect = BackoffSettings(minimum: .seconds(2), maximum: .seconds(1)) }),
    ("client id", { $0.clientID = "" }),
    ("outbox", { $0.outbox.messages = 0 }),
    ("marks", { $0.outbox.lowWater = 0.9 }),
  ]

  @Test(arguments: mistakes)
  func `a setting out of its range is refused`(word: String, change: Change) {
    var settings = BridgeSettings.make(ports: 1883)
    change(&settings)
    let wrong = settings
    let error = #expect(throws: BridgeError.self) { _ = try Bridge(settings: wrong, logger: Logger(label: "test")) }
    #expect(error?.description.contains(word) == true)
  }

  @Test func `pauses double up to the longest, and jitter halves them at most`() {
    var backoff = Backoff(BackoffSettings(minimum: .seconds(1), maximum: .seconds(5)))
    #expect((0..<5).map { _ in backoff.pause(jitter: 0) } == [1, 2, 4, 5, 5].map { .seconds($0) })
    #expect(backoff.pause(jitter: 1) == .milliseconds(2_500))
    backoff.reset()
    #expect(backoff.pause(jitter: 0) == .seconds(1))
  }

  @Test func `a throttle lets one line an interval through and counts the others`() {
    var throttle = Throttle(interval: .seconds(1))
    let start = ContinuousClock.now
    #expect(throttle.pass(at: start) == 0)
    #expect(throttle.pass(at: start + .milliseconds(500)) == nil)
    #expect(throttle.pass(at: start + .milliseconds(999)) == nil)
    #expect(throttle.pass(at: start + .seconds(1)) == 2)
    #expect(throttle.pass(at: start + .seconds(3)) == 0)
  }

  @Test func `a device's lane never changes, and devices spread evenly`() throws {
    #expect(LaneKey.gateway.hash == 0xcbf2_9ce4_8422_2325)
    #expect(try Submission.make(device: "a").lane.hash == 0xaf63_dc4c_8601_ec8c)
    var counts = [0, 0, 0, 0]
    for number in 0..<10_000 { counts[try Submission.make(device: "dev-\(number)").lane.index(among: 4)] += 1 }
    #expect(counts.allSatisfy { (2_000...3_000).contains($0) }, "\(counts)")
  }
}
