import FoundationEssentials

extension GatewayConfiguration {
  /// The longest NODE, in bytes.
  static let maximumNodeLength = 64

  /// What this machine calls itself.
  static var hostName: String { ProcessInfo.processInfo.hostName }

  /// `name` as a level of a topic: what may not be in one becomes `-`.
  static func nodeName(from name: String) -> String {
    let safe = name.unicodeScalars.map { isAllowedInNode($0) ? Character($0) : "-" }
    var node = String(safe)
    while node.utf8.count > maximumNodeLength { node.removeLast() }
    return node.isEmpty ? "gateway" : node
  }

  /// Whether `scalar` may be in a level of a topic and in a log line without quotes.
  static func isAllowedInNode(_ scalar: Unicode.Scalar) -> Bool {
    let isWildcardOrSeparator = scalar == "+" || scalar == "#" || scalar == "/"
    let isControl = scalar.properties.generalCategory == .control
    return !isWildcardOrSeparator && !isControl && !scalar.properties.isWhitespace
  }
}
