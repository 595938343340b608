import ArgumentParser
import Control
import Devices
import FoundationEssentials

/// What every command takes, before or after its name.
struct CommonOptions: ParsableArguments {
  @Option(
    help: .init("The directory of device files. (default: $GATEWAY_DEVICES, else ./devices.d)", valueName: "dir"),
    completion: .directory)
  var devices: String?

  @Option(
    help: .init(
      "The running gateway's socket. (default: $STATE_DIRECTORY/control.sock, else ./state/control.sock)",
      valueName: "socket"),
    completion: .file())
  var control: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  /// The directory of device files.
  var directory: DeviceDirectory { DeviceDirectory(path: devices ?? Self.variable("GATEWAY_DEVICES") ?? "./devices.d") }

  /// The client of the gateway that runs, if one does.
  var client: ControlClient { ControlClient(path: control ?? Self.standardSocket) }

  /// Where the gateway keeps its state: its socket is there.
  var stateDirectory: String {
    let parts = client.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  private static var standardSocket: String {
    // systemd names several, separated by colons, if a unit has several.
    let state = variable("STATE_DIRECTORY")?.split(separator: ":").first
    return (state.map(String.init) ?? "./state") + "/control.sock"
  }

  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
