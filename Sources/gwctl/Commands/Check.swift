import ArgumentParser
import Devices
import FoundationEssentials
import Settings

/// Reads everything that the gateway would read, and says what is wrong.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the device files and the configuration, with or without a running gateway.",
    discussion: """
      Each problem is printed as 'path:line: error: what is wrong and what is allowed', or 'warning:'. The exit status is \
      1 if there are errors, and 0 with nothing but warnings.

      With --json: devices, errors, warnings, problems (severity, path, line, message).

      Example:
        gwctl check --config /etc/gateway/gateway.yaml
      """)

  @Option(
    help: .init("The gateway's configuration. (default: none)", valueName: "file"),
    completion: .file(extensions: ["yaml"]))
  var config: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let (directory, configurationProblems) = configured()
    let (devices, deviceProblems) = Self.read(directory)
    let report = CheckReport(devices: devices, problems: configurationProblems + deviceProblems)
    if common.json {
      try printJSON(report)
    } else {
      try report.problems.forEach { try print(showable($0.description)) }
    }
    guard report.errors == 0 else { throw Failure.problems(errors: report.errors, warnings: report.warnings) }
    if !common.json { try print("\(count(devices, "device")), no errors, \(count(report.warnings, "warning")).") }
  }

  /// The directory that the configuration names, unless the command line does, and what is wrong with the
  /// configuration.
  private func configured() -> (DeviceDirectory, [CheckReport.Problem]) {
    var flags = CommandLineOverrides()
    flags.devices = common.devices
    do {
      let environment = ProcessInfo.processInfo.environment
      let configuration = try GatewayConfiguration.load(file: config, flags: flags, environment: environment)
      var options = DeviceDirectory.Options()
      options.allowsReadableByOthers = configuration.devices.allowReadableByOthers
      options.maximumFileBytes = configuration.devices.maximumFile
      options.maximumBundleBytes = configuration.devices.maximumBundle
      options.masterKeys =
        common.masterKeyFile.map { .find(file: $0, environment: environment) }
        ?? .find(file: configuration.devices.masterKeyFile, environment: environment)
      return (DeviceDirectory(path: configuration.devices.directory, options: options), [])
    } catch {
      return (common.directory, CheckReport.problems(of: error))
    }
  }

  private static func read(_ directory: DeviceDirectory) -> (devices: Int, [CheckReport.Problem]) {
    do {
      let contents = try directory.load()
      return (contents.table.count, contents.problems.map { CheckReport.Problem($0) })
    } catch {
      return (0, [CheckReport.Problem(error, path: directory.path)])
    }
  }
}
