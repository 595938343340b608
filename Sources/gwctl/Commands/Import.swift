import ArgumentParser
import Devices
import FoundationEssentials
import Model
import Platform

/// Adds the devices of a list.
struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Add the devices of a list: Mosquitto's, stunnel's or EMQX's file, CSV or JSON.",
    discussion: """
      All or nothing: each problem is printed as 'path:line: error: ...', and nothing is written unless there is none. \
      What was imported before counts as done, so that an import that was interrupted is simply run again.

      psk has identity:hexkey lines, as Mosquitto's psk_file does. stunnel likewise, but a key that is not hex is the bytes \
      of its text. emqx is an init_file, whose secrets are always text: 'gwctl import --format psk' would take one \
      that looks like hex for another key than EMQX does. csv has a head with the fields of a device's file, where \
      labels.site and next.key are fields within a field, and lists have blanks in between. json is an array of objects \
      with those fields, and id. Without --format the file's ending tells, else it is psk.

      With --json: added, replaced, unchanged, skipped, written (files), dry_run, problems (severity, path, line, message), \
      gateway (state: taken, not_running or unknown; only where something was written).

      Example:
        gwctl import /etc/mosquitto/psk_file --as bundle --name fleet
      """)

  @Argument(help: "The list; - is standard input.", completion: .file())
  var file: String

  @Option(help: "How the list is written.")
  var format: ListFormat?

  @Option(
    name: .customLong("as"),
    help: "Whether all become one bundle or a file each. (default: bundle for lines, files for csv and json)")
  var shape: Shape?

  @Option(help: .init("The bundle's name. (default: the list's)", valueName: "bundle"))
  var name: String?

  @Flag(help: "Make devices that are there already as they are in the list.")
  var replace = false

  @Flag(help: "Leave devices that are there already as they are.")
  var skipExisting = false

  @Flag(help: "Look at everything, and write nothing.")
  var dryRun = false

  @OptionGroup var common: CommonOptions

  /// How devices are written.
  enum Shape: String, ExpressibleByArgument, CaseIterable {
    case bundle, files
  }

  func validate() throws {
    if replace, skipExisting { throw ValidationError("Give one of --replace and --skip-existing.") }
    if name != nil, written == .files { throw ValidationError("--name is for a bundle: give --as bundle.") }
  }

  func run() async throws {
    let plan = try plan()
    var report = ImportReport(plan, file: bundleFile, isDryRun: dryRun)
    if plan.isPossible, !dryRun, !plan.isEmpty {
      let uptake = await Uptake.ask(common.client)
      report.gateway = uptake
    }
    if common.json { try printJSON(report) } else { try report.tell() }
    guard plan.isPossible else {
      throw Failure.notImported(errors: report.errors, isText: listFormat == .psk)
    }
    if !common.json { report.gateway?.tell() }
  }

  /// Works out what to do, and does it if nothing is in the way.
  private func plan() throws -> ImportPlan {
    if file == "-", StandardStream.input.isTerminal { throw Failure.listFromTerminal }
    let directory = common.directory
    let list = try DeviceList(path: file == "-" ? nil : file, format: listFormat, options: directory.options)
    guard !dryRun else { return try directory.plan(list, as: planShape, on: rule) }
    return try directory.edit { editor throws(DevicesError) in
      let plan = editor.plan(list, as: planShape, on: rule)
      if plan.isPossible { try editor.carryOut(plan) }
      return plan
    }
  }

  private var listFormat: ListFormat { format ?? ListFormat(path: file) }
  private var written: Shape { shape ?? (listFormat.isLines ? .bundle : .files) }
  private var planShape: ImportPlan.Shape { written == .files ? .files : .bundle(name: bundleName) }
  private var rule: ImportPlan.ConflictRule { replace ? .replace : skipExisting ? .skip : .refuse }

  /// The name that was given, or the list's own without its ending.
  private var bundleName: String {
    if let name { return name }
    let own = file.split(separator: "/").last.flatMap { $0.split(separator: ".").first }.map(String.init) ?? ""
    return own == "-" || own.isEmpty ? "imported" : own
  }

  private var bundleFile: String? {
    written == .bundle ? "\(common.directory.path)/\(bundleName).psk" : nil
  }
}
