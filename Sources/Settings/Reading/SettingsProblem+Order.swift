extension SettingsProblem {
  /// The file first, by line; then the environment, then the command line, each by name.
  static func comesFirst(_ left: SettingsProblem, _ right: SettingsProblem) -> Bool {
    left.position == right.position ? left.description < right.description : left.position < right.position
  }

  private var position: Int {
    switch origin {
    case .file(_, let line): line
    case .environment: .max - 2
    case .flag: .max - 1
    case .standard: .max
    }
  }
}
