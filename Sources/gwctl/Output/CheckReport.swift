import Devices
import Settings

/// What `gwctl check` found, as JSON shows it.
struct CheckReport: Encodable, Sendable {
  /// How many devices can be used.
  let devices: Int
  /// How many of the problems are errors.
  let errors: Int
  /// How many of the problems are warnings.
  let warnings: Int
  /// All of them, the configuration's first.
  let problems: [Problem]

  /// One thing that is wrong.
  struct Problem: Encodable, Sendable, CustomStringConvertible {
    /// `error` or `warning`.
    let severity: String
    /// The file, or the environment's variable.
    let path: String
    /// The line in the file.
    let line: Int?
    /// What is wrong and what is allowed.
    let message: String

    /// `path:line: error: message`.
    var description: String { path + (line.map { ":\($0)" } ?? "") + ": \(severity): \(message)" }
  }

  init(devices: Int, problems: [Problem]) {
    self.devices = devices
    self.problems = problems
    errors = problems.count { $0.severity == Devices.Problem.Severity.error.rawValue }
    warnings = problems.count - errors
  }

  /// What is wrong with a configuration that could not be loaded.
  static func problems(of error: SettingsError) -> [Problem] {
    switch error {
    case .fileUnreadable(let path, let reason):
      [Problem(severity: "error", path: path, line: nil, message: reason)]
    case .invalid(let problems):
      problems.map { Problem($0) }
    }
  }
}

extension CheckReport.Problem {
  /// A problem of a device's file.
  init(_ problem: Devices.Problem) {
    self.init(severity: problem.severity.rawValue, path: problem.path, line: problem.line, message: problem.message)
  }

  /// A directory of devices that cannot be read at all.
  init(_ error: DevicesError, path: String) {
    self.init(severity: "error", path: path, line: nil, message: error.description)
  }

  /// A problem of the configuration.
  fileprivate init(_ problem: SettingsProblem) {
    let allowed = problem.allowed.isEmpty ? "" : "; allowed: \(problem.allowed)"
    let key = problem.key.isEmpty ? "" : "\(problem.key): "
    switch problem.origin {
    case .file(let path, let line):
      self.init(severity: "error", path: path, line: line, message: key + problem.reason + allowed)
    case .environment(let name), .flag(let name):
      self.init(severity: "error", path: name, line: nil, message: problem.reason + allowed)
    case .standard:
      self.init(severity: "error", path: problem.key, line: nil, message: problem.reason + allowed)
    }
  }
}
