/// One metric: its name, what it is, and its samples.
struct MetricFamily: Sendable {
  /// What may be done with its values.
  enum Kind: String, Sendable {
    /// It only goes up.
    case counter
    /// It goes up and down.
    case gauge
  }

  /// One value, told apart by labels.
  struct Sample: Sendable {
    let labels: [String: String]
    let value: Double

    init(_ labels: [String: String], _ value: Double) {
      self.labels = labels
      self.value = value
    }
  }

  let name: String
  let kind: Kind
  let help: String
  let samples: [Sample]

  init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = help
    self.samples = samples
  }

  /// With one value.
  init(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
    self.init(name, kind, help, [Sample([:], Double(value))])
  }
}

/// Metrics as Prometheus reads them: its text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct MetricsPage: Sendable {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  let families: [MetricFamily]

  init(_ families: [MetricFamily]) { self.families = families }

  var text: String { families.map(Self.text).joined() }

  private static func text(_ family: MetricFamily) -> String {
    let head = """
      # HELP \(family.name) \(escaped(family.help, quotes: false))
      # TYPE \(family.name) \(family.kind.rawValue)

      """
    return head + family.samples.map { "\(family.name)\(labels($0.labels)) \(number($0.value))\n" }.joined()
  }

  private static func labels(_ labels: [String: String]) -> String {
    guard !labels.isEmpty else { return "" }
    let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
    return "{\(pairs.joined(separator: ","))}"
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
