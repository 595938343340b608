/// Gathers problems, no more than so many of a kind for one file; the rest is counted.
struct ProblemLog: Sendable {
  /// How many errors, and how many warnings, are told of each file.
  let limit: Int
  private var problems: [Problem] = []
  private var counts: [Kind: Count] = [:]

  private struct Kind: Hashable {
    let path: String
    let severity: Problem.Severity
  }

  private struct Count {
    var told = 0
    var untold = 0
    var firstUntoldLine = 0
  }

  /// A log that tells `limit` errors, and as many warnings, of each file.
  init(limit: Int) { self.limit = limit }

  /// Adds a problem; its message is only made if it is told.
  mutating func report(
    _ severity: Problem.Severity, path: String, line: Int, _ message: @autoclosure () -> String
  ) {
    let kind = Kind(path: path, severity: severity)
    guard counts[kind, default: Count()].told < limit else {
      leaveOut(1, from: line, kind)
      return
    }
    counts[kind, default: Count()].told += 1
    problems.append(Problem(severity, path: path, line: line, message()))
  }

  /// Whether nothing is wrong.
  var isEmpty: Bool { counts.isEmpty }

  /// Whether something cannot be used.
  var hasErrors: Bool { counts.keys.contains { $0.severity == .error } }

  /// Adds a problem that is there already.
  mutating func add(_ problem: Problem) {
    report(problem.severity, path: problem.path, line: problem.line, problem.message)
  }

  /// Adds what another log gathered.
  mutating func add(_ other: ProblemLog) {
    for problem in other.problems { add(problem) }
    for (kind, count) in other.counts where count.untold > 0 {
      leaveOut(count.untold, from: count.firstUntoldLine, kind)
    }
  }

  /// All problems, sorted, with a last one for those that were left out.
  func sorted() -> [Problem] {
    let rest = counts.compactMap { kind, count in
      count.untold == 0
        ? nil
        : Problem(
          kind.severity, path: kind.path, line: count.firstUntoldLine,
          "\(count.untold) more \(kind.severity.rawValue)s from here on")
    }
    return (problems + rest).sorted()
  }

  private mutating func leaveOut(_ number: Int, from line: Int, _ kind: Kind) {
    var count = counts[kind, default: Count()]
    count.firstUntoldLine = count.untold == 0 ? line : min(line, count.firstUntoldLine)
    count.untold += number
    counts[kind] = count
  }
}
