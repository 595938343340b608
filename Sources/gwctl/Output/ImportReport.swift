import Devices

/// What an import did, or would do, as JSON shows it.
struct ImportReport: Encodable {
  let added: Int
  let replaced: Int
  let unchanged: Int
  let skipped: Int
  /// The bundle; nil where devices became files.
  let bundle: String?
  let dryRun: Bool
  let problems: [CheckReport.Problem]
  /// Whether a running gateway has taken it up; nil where nothing was written.
  var gateway: Uptake?

  private enum CodingKeys: String, CodingKey {
    case added, replaced, unchanged, skipped, bundle, problems, gateway
    case dryRun = "dry_run"
  }

  /// How many of the problems keep it from being done.
  var errors: Int { problems.count { $0.severity == Problem.Severity.error.rawValue } }

  init(_ plan: ImportPlan, file: String?, isDryRun: Bool) {
    let isDone = plan.isPossible
    (added, replaced) = isDone ? (plan.added.count, plan.replaced.count) : (0, 0)
    (unchanged, skipped) = (plan.unchanged, plan.skipped.count)
    bundle = file
    dryRun = isDryRun
    problems = plan.problems.map { CheckReport.Problem($0) }
  }

  /// Says it for people.
  ///
  /// - Throws: `SystemError`.
  func tell() throws {
    try problems.forEach { try print(showable($0.description)) }
    guard errors == 0 else { return }
    var parts: [String] = []
    if added > 0 || replaced + unchanged + skipped == 0 {
      parts.append("\(count(added, "device")) added\(bundle.map { " to \($0)" } ?? "")")
    }
    if replaced > 0 { parts.append("\(replaced) replaced") }
    if unchanged > 0 { parts.append("\(unchanged) there already") }
    if skipped > 0 { parts.append("\(skipped) left as they are") }
    remark((dryRun ? "Nothing is written; this would be done: " : "") + parts.joined(separator: ", ") + ".")
  }
}
