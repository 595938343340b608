/// Keys of gateway.yaml that belong together.
struct Section: Sendable {
  /// The key that they are nested in; empty for those at the top.
  let name: String
  /// What they are about, for people.
  let documentation: String
  /// In the order in which they are explained.
  let settings: [Setting]

  /// The last parts of their keys.
  var keys: [String] { settings.map(\.lastPart) }

  /// The setting that is called `lastPart` in this section.
  func setting(_ lastPart: String) -> Setting? { settings.first { $0.lastPart == lastPart } }
}

extension Section {
  /// All there is to set: what gateway.yaml is checked against, read by and explained from.
  static let all: [Section] = [
    top, devices, proxyProtocol, tls, limits, sessions, topics, quota, presence, rejections, broker, bridge, spool,
    metrics,
    log,
  ]

  /// Every setting by its key.
  static let settings = Dictionary(uniqueKeysWithValues: all.flatMap(\.settings).map { ($0.key, $0) })

  /// Every section but the top by its name.
  static let named = Dictionary(uniqueKeysWithValues: all.dropFirst().map { ($0.name, $0) })
}
