import ArgumentParser
import Devices
import Model
import Storage

/// Looks for what should be mended, and says how.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find weak keys, open files and forgotten devices, each with what mends it.",
    discussion: """
      Finds: keys that are short, of low variety, guessable, made of the device's name, or shared with another device; keys \
      in clear; files and directories that others can read or write; files that cannot be used or were left behind; devices \
      unseen for 90 days, and those whose last connection used an old cipher suite; rotations that are not finished. When \
      devices were last seen comes from the gateway's state directory, which is where its socket is.

      The exit status is 0 if there is nothing to mend, and 1 if there is.

      With --json: devices, last_seen (whether that is known), findings (kind, severity, device, path, line, message, \
      command, left out where a line to paste does not help).

      Example:
        gwctl doctor
      """)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let diagnosis = try diagnosis()
    if common.json {
      try printJSON(diagnosis)
    } else {
      try tell(diagnosis)
    }
    // The findings have been printed.
    guard diagnosis.findings.isEmpty else { throw ExitCode.failure }
  }

  private func diagnosis() throws -> Diagnosis {
    let directory = common.directory
    var files = try FileFindings(devices: directory.path)
    files.look(atState: common.state)
    let (contents, tally, versions) = try directory.examine()
    let lastSeen = try LastSeen.read(fromState: common.state)
    let open = Set(files.all.filter { $0.kind == "file_open" }.compactMap(\.path))
    let findings =
      DirectoryFindings(contents.problems, tally, given: versions, except: open, common).all + files.all
      + DeviceFindings(contents.table, lastSeen: lastSeen, common).all
    let sorted = Finding.Severity.allCases.flatMap { severity in findings.filter { $0.severity == severity } }
    return Diagnosis(devices: contents.table.count, lastSeen: lastSeen != nil, findings: sorted)
  }

  private func tell(_ diagnosis: Diagnosis) throws {
    if !diagnosis.lastSeen {
      remark(
        "When devices were last seen is not known: \(common.state) has no last-seen (--control names another state).")
    }
    guard !diagnosis.findings.isEmpty else {
      try print("\(count(diagnosis.devices, "device")), nothing to mend.")
      return
    }
    var told: [String: Int] = [:]
    let shown = diagnosis.findings.filter { finding in
      told[finding.kind, default: 0] += 1
      return told[finding.kind, default: 0] <= Self.shownOfAKind
    }
    try print(
      Table(heads: ["SEVERITY", "WHERE", "FINDING, AND WHAT MENDS IT"], rows: shown.flatMap(\.rows)).text,
      terminator: "")
    let rest = diagnosis.findings.count - shown.count
    try print("\(count(diagnosis.findings.count, "finding"))\(rest > 0 ? ", \(rest) of them only with --json" : "").")
  }

  /// A fleet whose keys are all of a kind should not hide the rest.
  private static let shownOfAKind = 20
}

extension CommonOptions {
  /// The line for a shell that runs gwctl as this one runs: with its directory, socket and master key.
  func gwctl(_ arguments: String...) -> String { gwctl(arguments: arguments) }

  /// The same of arguments in an array.
  func gwctl(arguments: [String]) -> String {
    let options = [("--devices", devices), ("--control", control), ("--master-key-file", masterKeyFile)]
    let given = options.flatMap { name, value in value.map { [name, shellWord($0)] } ?? [] }
    return (["gwctl"] + given + arguments.map { shellWord($0) }).joined(separator: " ")
  }
}
