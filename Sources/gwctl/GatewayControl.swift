import ArgumentParser
import Devices

/// gwctl: looks after devices.d, and talks to a running gateway.
@main
struct GatewayControl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gwctl",
    abstract: "Look after the devices of a gateway, and ask it how it is.",
    discussion: """
      The options below are taken before or after the command. With --json every command prints one JSON value whose \
      field names stay; its help names them. The exit status is 0, 64 for a command line that is wrong, or 1.

      Example:
        gwctl add-device sensor-1 --for esp-idf
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Device",
        subcommands: [
          AddDevice.self, ListDevices.self, ShowDevice.self, RemoveDevice.self, RotateKey.self, Rotation.self,
          Check.self,
        ]),
      CommandGroup(
        name: "Keys at rest", subcommands: [MakeMasterKey.self, EncryptKeys.self, DecryptKeys.self]),
      CommandGroup(name: "Gateway", subcommands: [Status.self, Why.self, Watch.self, Disconnect.self, Reload.self]),
    ])

  @OptionGroup var common: CommonOptions

  static func main() async {
    MasterKeySource.takeVariable()
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Ends the program: help and completion scripts as ArgumentParser prints them, anything else in one line.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    if code == .success || error is ExitCode { exit(withError: error) }
    let isUsage = code == .validationFailure
    complain(isUsage ? "\(message(for: error)) (see '\(helpCommand) --help')" : Failure.line(for: error))
    exit(withError: isUsage ? ExitCode.validationFailure : .failure)
  }

  /// The command whose help tells more: the one that was named, else gwctl itself.
  private static var helpCommand: String {
    let names = configuration.subcommands.map { $0.configuration.commandName }
    let named = CommandLine.arguments.dropFirst().first { names.contains($0) }
    return named.map { "gwctl \($0)" } ?? "gwctl"
  }
}
