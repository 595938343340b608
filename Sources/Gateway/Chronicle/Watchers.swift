import Control
import Devices
import FoundationEssentials
import Model
import Synchronization

/// Who watches events, each with a bounded queue: a slow watcher loses events, is told how many, and slows nobody.
struct Watchers: Sendable {
  /// How many events wait for each watcher.
  static let queueLength = 1024

  fileprivate struct Watcher {
    let device: DeviceID?
    /// What the device presents, in hex; once it is removed, what it presented.
    var identities: Set<String> = []
    let lines: AsyncStream<[UInt8]>.Continuation
    let gone: Gone
    var lost = 0
  }

  /// Whether a watcher's queue is read no more.
  fileprivate final class Gone: Sendable {
    let isTrue = Atomic(false)
  }

  private var watchers: [Watcher] = []
  /// How many events watchers have lost, from the start.
  private(set) var lost = 0

  /// How many there are.
  var count: Int { watchers.count { !$0.gone.isTrue.load(ordering: .relaxed) } }

  /// Lines of JSON, from now on: of `device`, or of everything.
  mutating func add(_ device: DeviceID?) -> AsyncStream<[UInt8]> {
    let (lines, continuation) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.queueLength))
    let gone = Gone()
    continuation.onTermination = { _ in gone.isTrue.store(true, ordering: .relaxed) }
    watchers.append(Watcher(device: device, lines: continuation, gone: gone))
    return lines
  }

  /// Takes down what the watched devices present, for as long as `table` knows.
  mutating func takeIdentities(_ table: DeviceTable) {
    for index in watchers.indices { watchers[index].takeIdentities(table) }
  }

  /// Tells all whom it concerns; the event is only made where somebody watches.
  mutating func publish(_ event: @autoclosure () -> GatewayEvent) {
    guard !watchers.isEmpty else { return }
    let event = event()
    guard let line = Self.line(event) else { return }
    tell(at: event.time) { $0.isConcerned(by: event) ? line : nil }
  }

  /// Tells all that `devices` changed, nil being more than are told apart; who watches one of them is told so by name.
  mutating func publish(_ event: @autoclosure () -> GatewayEvent, changed devices: Set<DeviceID>?) {
    guard !watchers.isEmpty else { return }
    let event = event()
    guard let line = Self.line(event) else { return }
    tell(at: event.time) { watcher in
      guard let device = watcher.device, let devices else { return line }
      guard devices.contains(device) else { return nil }
      var own = event
      own.device = device.name
      return Self.line(own)
    }
  }

  /// Tells those who have lost events and have room again.
  mutating func tellLost(at time: Date) { tell(at: time) { _ in nil } }

  /// Ends all queues: what is in them can still be read.
  mutating func finish() {
    watchers.forEach { $0.lines.finish() }
    watchers = []
  }

  private mutating func tell(at time: Date, _ line: (Watcher) -> [UInt8]?) {
    var left: [Watcher] = []
    for var watcher in watchers where !watcher.gone.isTrue.load(ordering: .relaxed) {
      let before = watcher.lost
      if watcher.tell(line(watcher), at: time) { left.append(watcher) }
      lost += max(0, watcher.lost - before)
    }
    watchers = left
  }

  fileprivate static func line(_ event: GatewayEvent) -> [UInt8]? {
    // Its fields are text and numbers, which can always be encoded.
    (try? ControlJSON.encode(event)).map { $0 + [10] }
  }
}

extension Watchers.Watcher {
  fileprivate mutating func takeIdentities(_ table: DeviceTable) {
    guard let device, let known = table.device(device) else { return }
    identities = Set(([known.identity] + [known.next?.identity].compactMap(\.self)).map(Hexadecimal.text))
  }

  fileprivate func isConcerned(by event: GatewayEvent) -> Bool {
    guard let device else { return true }
    // Who was removed is known by its identity alone, unless another device has that now.
    return event.device.map { $0 == device.name } ?? event.identityHex.map(identities.contains) ?? false
  }

  /// Puts `line` into the queue, and before it how many are missing. False once nobody watches any more.
  fileprivate mutating func tell(_ line: [UInt8]?, at time: Date) -> Bool {
    if lost > 0 {
      var event = GatewayEvent(.lost, at: time)
      event.count = lost
      if case .enqueued = lines.yield(Watchers.line(event) ?? []) { lost = 0 }
    }
    guard let line else { return true }
    switch lines.yield(line) {
    case .dropped: lost += 1
    case .terminated: return false
    case .enqueued: break
    @unknown default: break
    }
    return true
  }
}
