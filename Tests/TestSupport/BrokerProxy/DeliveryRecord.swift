import NIOConcurrencyHelpers

/// What passed between a gateway and its brokers: which numbered messages of which devices were published, in which order,
/// and which of them a broker has acknowledged.
public final class DeliveryRecord: Sendable {
  /// One message of a fleet: `devices/ID/up/...` with `ID NUMBER` in its payload.
  public struct Name: Hashable, Sendable {
    /// The device.
    public let device: String
    /// Its number.
    public let number: Int

    /// The message of this device and number.
    public init(device: String, number: Int) {
      self.device = device
      self.number = number
    }

    /// The message whose payload this is, if it begins with `ID NUMBER`.
    public init?(_ payload: some StringProtocol) {
      let words = payload.split(separator: " ")
      guard words.count >= 2, let number = Int(words[1]) else { return nil }
      self.init(device: String(words[0]), number: number)
    }
  }

  private struct State {
    /// The numbers of each device in the order in which they were published first.
    var published: [String: [Int]] = [:]
    var seen: Set<Name> = []
    var acknowledged: Set<Name> = []
    var repetitions = 0
    var rejections = 0
  }

  private let state = NIOLockedValueBox(State())

  /// Nothing has passed yet.
  public init() {}

  /// The gateway has published `name`.
  public func published(_ name: Name) {
    state.withLockedValue { state in
      guard state.seen.insert(name).inserted else { return state.repetitions += 1 }
      state.published[name.device, default: []].append(name.number)
    }
  }

  /// A broker has answered for `name`.
  public func answered(_ name: Name, reason: UInt8) {
    state.withLockedValue { state in
      if reason < 0x80 { state.acknowledged.insert(name) } else { state.rejections += 1 }
    }
  }

  /// The numbers of each device in the order in which they were published first.
  public var published: [String: [Int]] { state.withLockedValue { $0.published } }
  /// What a broker has acknowledged.
  public var acknowledged: Set<Name> { state.withLockedValue { $0.acknowledged } }
  /// How many publications were repeated.
  public var repetitions: Int { state.withLockedValue { $0.repetitions } }
  /// How many were refused.
  public var rejections: Int { state.withLockedValue { $0.rejections } }
}
