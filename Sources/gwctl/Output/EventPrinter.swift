import Control
import FoundationEssentials
import Platform

/// Prints events as they come, each at once.
struct EventPrinter: Sendable {
  let isJSON: Bool
  let isColored: Bool

  func print(_ event: GatewayEvent) {
    // Its fields are text and numbers, which can always be encoded.
    let json = isJSON ? (try? ControlJSON.encode(event)).map { String(decoding: $0, as: UTF8.self) } : nil
    StandardStream.output.write((json ?? line(event)) + "\n")
  }

  /// `TIME TYPE DEVICE ADDRESS what else there is to say`; only the type is colored.
  func line(_ event: GatewayEvent) -> String {
    let type = event.type.rawValue + String(repeating: " ", count: max(0, 17 - event.type.rawValue.count))
    let shown = isColored ? "\u{1b}[\(event.type.color)m\(type)\u{1b}[0m" : type
    let rest = [event.device ?? event.shownIdentity, event.address, event.detail].compactMap(\.self)
    return "\(event.time.formatted(.iso8601))  \(shown) "
      + showable(rest.filter { !$0.isEmpty }.joined(separator: "  "))
  }
}

extension GatewayEvent {
  fileprivate var shownIdentity: String? { identity.map { "'\($0)'" } ?? identityHex.map { "0x" + $0 } }

  fileprivate var detail: String? {
    switch type {
    case .connected: [tls, cipher].compactMap(\.self).joined(separator: " ")
    case .disconnected: [reason, text].compactMap(\.self).joined(separator: ": ")
    case .refused: (count.map { $0 > 1 ? "\($0) times: " : "" } ?? "") + (text ?? reason ?? "")
    case .devicesChanged: [count.map { gwctl.count($0, "device") }, text].compactMap(\.self).joined(separator: ": ")
    case .bridgeUp, .bridgeDown, .rotationFinished: text
    case .lost: "\(gwctl.count(count ?? 0, "event")) missing here: this reader was too slow"
    }
  }
}

extension GatewayEvent.Kind {
  /// What ECMA-48 calls the color (SGR): green for what is well, red for what is not, yellow for what may be.
  fileprivate var color: Int {
    switch self {
    case .connected, .bridgeUp, .rotationFinished: 32
    case .refused, .bridgeDown: 31
    case .disconnected, .lost: 33
    case .devicesChanged: 36
    }
  }
}
