import Devices

/// Tells problems once: when they come, and when a file that could not be used is fine again.
struct ProblemNews {
  private var told: Set<Problem>

  /// Knows of what has been told.
  init(told: [Problem]) { self.told = Set(told) }

  /// What is new in `problems`, and the files that are no longer among those with errors.
  mutating func update(_ problems: [Problem]) -> (new: [Problem], mended: [String]) {
    let now = Set(problems)
    defer { told = now }
    guard now != told else { return ([], []) }
    let broken = Set(now.lazy.filter { $0.severity == .error }.map(\.path))
    let mended = Set(told.lazy.filter { $0.severity == .error }.map(\.path)).subtracting(broken)
    return (problems.filter { !told.contains($0) }, mended.sorted())
  }
}
