/// Why there is no configuration.
public enum SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file that was named cannot be read.
  case fileUnreadable(path: String, reason: String)
  /// Something in the file, the environment or the flags is wrong: everything that is, file first, by line.
  case invalid([SettingsProblem])

  /// Whether nothing but the command line is wrong: bad arguments (exit status 64), not a bad configuration (78).
  public var isOnlyAboutFlags: Bool {
    switch self {
    case .fileUnreadable: false
    case .invalid(let problems): problems.allSatisfy(\.isAboutFlag)
    }
  }

  /// One line for each thing that is wrong, with what is allowed.
  public var description: String {
    switch self {
    case .fileUnreadable(let path, let reason): "\(path): \(reason)"
    case .invalid(let problems): problems.map(\.description).joined(separator: "\n")
    }
  }
}
