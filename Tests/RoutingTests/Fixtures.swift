import FoundationEssentials
import Model

@testable import Routing

extension TopicLayout {
  /// The tree of a gateway called `node-1`.
  static func make(_ change: (inout TopicTemplates) -> Void = { _ in }) throws -> TopicLayout {
    var templates = TopicTemplates()
    change(&templates)
    return try TopicLayout(node: "node-1", templates: templates)
  }
}

extension DeviceRoute {
  /// The route of `device-1`.
  static func make(
    _ id: String = "device-1", naming: Naming = .namespaced, publish: [String]? = nil
  ) throws -> DeviceRoute {
    try DeviceRoute(
      DeviceID(id), layout: .make(), naming: naming, publish: publish.map { try $0.map { try TopicFilter($0) } })
  }
}

extension Message {
  /// The payload as text.
  var text: String { String(decoding: payload, as: UTF8.self) }
}

extension Date {
  /// 2026-01-02T03:04:05.6Z.
  static let sample = Date(timeIntervalSince1970: 1_767_323_045.6)
}
