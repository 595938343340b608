import Bridge
import Devices
import Logging
import Model
import NIOConcurrencyHelpers
import Settings
import Storage
import Synchronization

/// What comes from the broker on its way to the event loops, and who shares what across them.
final class Switchboard: Sendable {
  let store: SessionStore
  /// The way to the broker, and back.
  let downlink: Downlink
  private let floor: SwitchboardFloor
  private let nextNumber = Synchronization.Atomic<UInt64>(1)
  /// What marks messages of devices that do not want to hear themselves.
  let origin = OriginMark()

  /// Connects nothing yet: messages come once the downlink runs.
  ///
  /// - Throws: `BridgeError`.
  init(store: SessionStore, settings: DownlinkSettings, _ logger: Logger) throws {
    let floor = SwitchboardFloor()
    self.store = store
    self.floor = floor
    downlink = try Downlink(
      settings: settings, logger: logger, remember: store.remember, deliver: { floor.deliver($0) })
  }

  /// The event loops that there are.
  func connect(_ handles: [SessionLoop.Handle]) { floor.connect(handles) }

  /// A number for a session, unique in this run.
  func takeNumber() -> UInt64 { nextNumber.add(1, ordering: .relaxed).oldValue }

  /// The event loop that has the sessions of `device`.
  func home(of device: DeviceID) -> SessionLoop.Handle? {
    let handles = floor.handles
    return handles.isEmpty ? nil : handles[LaneKey(device).index(among: handles.count)]
  }

  /// A subscriber of a shared upstream subscription has come to, or left, the event loop `index`.
  func changeMembers(of upstream: Int, on index: Int, by change: Int) {
    floor.changeMembers(of: upstream, on: index, by: change)
  }
}

/// The event loops as messages find them, and who shares what across them.
final class SwitchboardFloor: Sendable {
  private let loops = NIOLockedValueBox<[SessionLoop.Handle]>([])
  private let shared = NIOLockedValueBox<[Int: SharedMembers]>([:])

  var handles: [SessionLoop.Handle] { loops.withLockedValue { $0 } }

  func connect(_ handles: [SessionLoop.Handle]) { loops.withLockedValue { $0 = handles } }

  /// Messages have come: every event loop looks who of its own wants them.
  func deliver(_ batch: DownlinkBatch) {
    let choices = choices(for: batch)
    for (index, handle) in handles.enumerated() {
      batch.retain()
      handle.run { $0.shard.deliver(batch, chosen: { choices[$0].map { $0 == index } ?? true }) }
    }
  }

  // MARK: Shared subscriptions

  fileprivate struct SharedMembers {
    /// How many members each event loop has, and whose turn it is.
    var counts: [Int: Int] = [:]
    var turn = 0
  }

  /// A subscriber of a shared upstream subscription has come to, or left, the event loop `index`.
  func changeMembers(of upstream: Int, on index: Int, by change: Int) {
    shared.withLockedValue { shared in
      let count = shared[upstream, default: SharedMembers()].counts[index, default: 0] + change
      shared[upstream, default: SharedMembers()].counts[index] = count > 0 ? count : nil
      if shared[upstream]?.counts.isEmpty ?? true { shared[upstream] = nil }
    }
  }

  /// Which event loop gets each message that comes from a shared subscription, by the message's place.
  private func choices(for batch: DownlinkBatch) -> [Int: Int] {
    shared.withLockedValue { shared in
      guard !shared.isEmpty else { return [:] }
      var choices: [Int: Int] = [:]
      for (place, message) in batch.messages.enumerated() {
        guard let upstream = message.identifiers.first(where: { shared[$0] != nil }) else { continue }
        choices[place] = shared[upstream]?.next()
      }
      return choices
    }
  }
}

extension SwitchboardFloor.SharedMembers {
  /// The next event loop: each as often as it has members.
  fileprivate mutating func next() -> Int? {
    let total = counts.values.reduce(0, +)
    guard total > 0 else { return nil }
    turn = (turn + 1) % total
    var rest = turn
    for (index, count) in counts.sorted(by: { $0.key < $1.key }) {
      if rest < count { return index }
      rest -= count
    }
    return nil
  }
}

/// A user property that says which session a message comes from; only messages of devices with No Local subscriptions have it,
/// and no device sees it.
struct OriginMark: Sendable {
  private static let name = "gateway-origin"
  /// So that two gateways at one broker do not take each other's sessions for their own.
  private let run = String(UInt64.random(in: .min ... .max), radix: 36)

  func property(for session: UInt64) -> MessageProperty { .userProperty(name: Self.name, value: "\(run)-\(session)") }

  /// Takes the mark off `properties`; returns the session that it names, if it is one of this run.
  func take(from properties: inout [MessageProperty]) -> UInt64? {
    // The device's own properties come first, whatever they are called.
    guard let place = properties.lastIndex(where: { Self.parts(of: $0) != nil }),
      let (run, session) = Self.parts(of: properties.remove(at: place))
    else { return nil }
    return run == self.run ? session : nil
  }

  /// Run and session of a mark; nil for what some client calls by the same name.
  private static func parts(of property: MessageProperty) -> (run: String, session: UInt64)? {
    guard case .userProperty(name, let value) = property else { return nil }
    let parts = value.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy({ ($0 >= 0x30 && $0 < 0x3A) || ($0 >= 0x61 && $0 < 0x7B) }),
      let session = UInt64(parts[1])
    else { return nil }
    return (String(parts[0]), session)
  }
}
