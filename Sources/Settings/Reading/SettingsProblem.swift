/// One thing that is wrong with the configuration, and where.
public struct SettingsProblem: Equatable, Sendable, CustomStringConvertible {
  /// Where a value was written.
  public enum Origin: Hashable, Sendable {
    /// In gateway.yaml.
    case file(path: String, line: Int)
    /// In an environment variable.
    case environment(variable: String)
    /// On the command line.
    case flag(String)
    /// Nowhere: it is the default, and does not go with something else.
    case standard
  }

  /// Where it is.
  public let origin: Origin
  /// The key in gateway.yaml, with dots; empty where the file as a whole is wrong.
  public let key: String
  /// What is wrong.
  public let reason: String
  /// What would be right.
  public let allowed: String

  /// `gateway.yaml:LINE: key: what is wrong; allowed: ...`.
  public var description: String {
    let end = allowed.isEmpty ? "" : "; allowed: \(allowed)"
    return "\(place): \(reason)\(end)"
  }

  /// Whether it is on the command line.
  var isAboutFlag: Bool {
    if case .flag = origin { true } else { false }
  }

  private var place: String {
    switch origin {
    case .file(let path, let line): key.isEmpty ? "\(path):\(line)" : "\(path):\(line): \(key)"
    case .environment(let variable): variable
    case .flag(let name): name
    case .standard: key
    }
  }
}
