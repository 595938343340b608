import Model
import Sessions

/// An input, read as what happens to one session: a byte that says which, then a byte or two for each event.
struct Script {
  enum Event {
    case received(ArraySlice<UInt8>)
    case settled(Int)
    case passed(Duration)
    case ended(clean: Bool)
    case closed
    case resumed
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
    let protocols: [DeviceProtocol] = [.auto, .mqtt, .lines, .frames]
    return SessionSettings(deviceProtocol: protocols[Int(first & 0x03)], limits: limits)
  }

  /// The next event, or `nil` at the end.
  mutating func next() -> Event? {
    guard let code = rest.popFirst() else { return nil }
    let argument = Int(code >> 3)
    switch code & 0x07 {
    case 0, 1: return .received(take(argument))
    case 2: return .received(take(Int(rest.popFirst() ?? 0)))
    case 3: return .settled(argument)
    case 4: return .passed(.seconds(argument * argument))
    case 5: return argument < 28 ? .resumed : .closed
    case 6: return argument < 28 ? .settled(argument) : .ended(clean: argument & 1 == 0)
    default: return .received(take(rest.count))
    }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
