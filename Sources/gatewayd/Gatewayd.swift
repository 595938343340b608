import ArgumentParser
import Foundation
import Gateway
import Logging
import Platform
import Settings

/// The daemon: arguments, configuration, run.
@main
struct Gatewayd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gatewayd",
    abstract: "A gateway between devices that hold a pre-shared key and an MQTT broker.",
    discussion: """
      With no options it listens on port 8883, reads ./devices.d, keeps its state in ./state and starts a broker of its \
      own. Example:

        gatewayd --listen 0.0.0.0:8883 --broker mqtt://broker.example:1883
      """,
    version: GatewayVersion.current)

  @Option(help: ArgumentHelp("The configuration file.", valueName: "gateway.yaml")) var config: String?
  @Option(help: ArgumentHelp("The directory that says which devices exist.", valueName: "dir")) var devices: String?
  @Option(help: ArgumentHelp("Where devices connect; may be repeated. Port 0 picks one.", valueName: "host:port"))
  var listen: [String] = []
  @Option(help: ArgumentHelp("'embedded', mqtt://host:port or mqtts://host:port; may be repeated.", valueName: "url"))
  var broker: [String] = []
  @Option(help: ArgumentHelp("The embedded broker's port.", valueName: "port")) var embeddedBrokerPort: String?
  @Option(help: ArgumentHelp("What must survive a restart.", valueName: "dir")) var state: String?
  @Option(help: ArgumentHelp("This gateway's name in topics.", valueName: "name")) var node: String?
  @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel: String?
  @Option(help: "text or json.") var logFormat: String?
  @Flag(help: "Check configuration and devices, say what is wrong, and end.") var check = false
  @Flag(help: "Print a gateway.yaml with every setting, its default and its meaning, and end.")
  var printDefaultConfig = false

  func run() async throws {
    Gateway.takeSecrets()
    guard !printDefaultConfig else { return print(GatewayConfiguration.commentedFile, terminator: "") }
    let configuration = try load()
    guard !check else { return try report(on: configuration) }
    let inherited = try sockets()
    let logger = LogOutput.logger(configuration.log)
    // A peer that went away is an error of write(2), not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that has grown as large as the process may make one.
    signal(SIGXFSZ, SIG_IGN)
    // Until the gateway listens to it, SIGHUP has nothing to reload.
    signal(SIGHUP, SIG_IGN)
    OpenFileLimit.raise()
    do {
      try await Gateway(configuration: configuration, inherited: inherited, logger: logger).run()
    } catch {
      logger.critical("gatewayd ends", metadata: ["reason": "\(error)"])
      throw ExitCode(Gateway.isAboutConfiguration(error) ? ExitStatus.configuration : ExitStatus.failure)
    }
  }

  private func sockets() throws -> [CInt] {
    do {
      return try Gateway.takeSockets()
    } catch {
      complain("socket activation: \(error)")
      throw ExitCode(ExitStatus.configuration)
    }
  }

  private func load() throws -> GatewayConfiguration {
    var overrides = CommandLineOverrides()
    overrides.listen = listen
    overrides.devices = devices
    overrides.broker = broker
    overrides.embeddedBrokerPort = embeddedBrokerPort
    overrides.state = state
    overrides.node = node
    overrides.logLevel = logLevel
    overrides.logFormat = logFormat
    do {
      return try GatewayConfiguration.load(
        file: config, flags: overrides, environment: ProcessInfo.processInfo.environment)
    } catch {
      complain("\(error)")
      throw ExitCode(error.isOnlyAboutFlags ? ExitStatus.arguments : ExitStatus.configuration)
    }
  }

  private func report(on configuration: GatewayConfiguration) throws {
    let problems = Gateway.check(configuration)
    problems.lines.forEach { complain($0) }
    guard problems.hasErrors else { return }
    throw ExitCode(ExitStatus.configuration)
  }

  private func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// What the process ends with, beside 0 and ArgumentParser's 64 (sysexits.h).
enum ExitStatus {
  static let failure: Int32 = 1
  static let arguments: Int32 = 64
  static let configuration: Int32 = 78
}
