import Model
import Sessions

/// An input, read as what happens to one device: a byte that says which, then a byte or two for each event.
struct Script {
  enum Event {
    case received(ArraySlice<UInt8>)
    case settled(Int, PublishOutcome)
    case passed(Duration)
    case resumed
    /// The owner looks at what it was asked: may the device come in, may it subscribe.
    case answered(Int)
    case delivered(Int)
    case writable(Bool)
    case askedForMore
    case ended(clean: Bool)
    case closed
    /// The connection is lost, and the device comes back.
    case reconnected(Int)
  }

  let settings: SessionSettings
  let alpn: String?
  private var rest: ArraySlice<UInt8>

  init(_ input: [UInt8]) {
    let first = input.first ?? 0
    settings = Self.settings(first)
    alpn = first & 0x04 != 0 ? "mqtt" : nil
    rest = input.dropFirst()
  }

  /// Small limits, so that inputs reach them.
  static func settings(_ first: UInt8) -> SessionSettings {
    var limits = SessionLimits()
    limits.maximumLineBytes = 24
    limits.maximumFrameBytes = 24
    limits.maximumPacketBytes = 200
    limits.maximumTopicBytes = 16
    limits.maximumClientIDBytes = 16
    limits.maximumUnsettled = 3
    limits.maximumInFlight = 3
    limits.maximumQueued = 4
    limits.maximumQueuedBytes = 400
    limits.maximumTopicAliases = 2
    limits.maximumFilters = 3
    let protocols: [DeviceProtocol] = [.auto, .mqtt, .lines, .frames]
    return SessionSettings(
      deviceProtocol: protocols[Int(first & 0x03)], limits: limits, acknowledges: first & 0x08 != 0)
  }

  /// The next event, or `nil` at the end.
  mutating func next() -> Event? {
    guard let code = rest.popFirst() else { return nil }
    let argument = Int(code >> 4)
    switch code & 0x0F {
    case 0: return .received(take(argument))
    case 1: return .received(take(16 + argument))
    case 2: return .received(take(Int(rest.popFirst() ?? 0)))
    case 3: return .received(take(rest.count))
    case 4: return .settled(argument, .accepted)
    case 5: return .settled(argument, .rejected(argument & 1 == 0 ? .notAuthorized : .quotaExceeded))
    case 6: return .passed(.seconds(argument * argument * 4))
    case 7: return .resumed
    case 8: return .answered(argument)
    case 9, 10: return .delivered(argument)
    case 11: return .writable(argument & 1 == 0)
    case 12: return .askedForMore
    case 13: return .ended(clean: argument & 1 == 0)
    case 14: return .closed
    default: return .reconnected(argument)
    }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
