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
          AddDevice.self, ListDevices.self, ShowDevice.self, EnableDevice.self, DisableDevice.self, RemoveDevice.self,
          RotateKey.self, Rotation.self, Import.self, Export.self, Check.self, Doctor.self,
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
    complain(isUsage ? "\(usage(error)) (see '\(helpCommand) --help')" : Failure.line(for: error))
    exit(withError: isUsage ? ExitCode.validationFailure : .failure)
  }

  /// What is wrong with the command line.
  private static func usage(_ error: any Error) -> String {
    guard let typed = commandWord, !names.contains(typed), typed != "help" else { return message(for: error) }
    let near = names.min { editDistance($0, typed) < editDistance($1, typed) }
    let meant = near.flatMap { editDistance($0, typed) <= 2 ? ": did you mean '\($0)'?" : nil }
    return "there is no command '\(typed)'" + (meant ?? "")
  }

  /// The command whose help tells more: the one that was named, else gwctl itself.
  private static var helpCommand: String {
    commandWord.flatMap { names.contains($0) ? "gwctl \($0)" : nil } ?? "gwctl"
  }

  /// The word that stands where the command should.
  private static var commandWord: String? {
    var words = CommandLine.arguments.dropFirst()
    while let word = words.popFirst() {
      if word == "--devices" || word == "--control" { words = words.dropFirst() }
      if !word.hasPrefix("-") { return word }
    }
    return nil
  }

  /// The names of the commands.
  private static var names: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } }

  private static func editDistance(_ left: String, _ right: String) -> Int {
    gwctl.editDistance(Array(left.utf8), Array(right.utf8), limit: 2)
  }
}
