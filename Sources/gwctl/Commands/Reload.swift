import ArgumentParser
import Control

/// Has the running gateway read devices.d again.
struct Reload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Have the running gateway read the devices again.",
    discussion: """
      The gateway notices changed device files by itself; this is for when it should be certain. What cannot be used is \
      printed, and the exit status is 1 then; what ran before goes on in its place. gateway.yaml is read at the start only.

      With --json: devices, added, changed, removed, problems (path:line: error: ... or warning: ...).

      Example:
        gwctl reload
      """)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let report = try await common.client.reload()
    if common.json {
      try printJSON(report)
    } else {
      try report.problems.forEach { try print(showable($0)) }
      try print(
        "\(count(report.devices, "device")): \(report.added) added, \(report.changed) changed, \(report.removed) removed"
      )
    }
    let errors = report.problems.count { $0.contains(": error: ") }
    guard errors == 0 else { throw Failure.problems(errors: errors, warnings: report.problems.count - errors) }
  }
}
