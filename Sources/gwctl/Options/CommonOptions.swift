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

  @Option(
    help: .init(
      """
      The file with the master keys that keys are encrypted under. (default: $GATEWAY_DEVICES_MASTER_KEY_FILE, else the \
      keys in $GATEWAY_MASTER_KEY, else $CREDENTIALS_DIRECTORY/master-key, else none)
      """, valueName: "file"),
    completion: .file())
  var masterKeyFile: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func validate() throws {
    let paths = [("--devices", devices), ("--control", control), ("--master-key-file", masterKeyFile)]
    for (name, path) in paths where path?.isEmpty == true {
      throw ValidationError("The value of '\(name)' is empty: give a path, or leave it out.")
    }
  }

  /// The directory of device files.
  var directory: DeviceDirectory {
    var options = DeviceDirectory.Options()
    options.masterKeys = masterKeys
    return DeviceDirectory(path: devices ?? Self.standardDirectory, options: options)
  }

  /// The directory where the command line names none.
  static var standardDirectory: String { variable("GATEWAY_DEVICES") ?? "./devices.d" }

  /// Where the master keys come from.
  var masterKeys: MasterKeySource {
    .find(
      file: masterKeyFile ?? Self.variable("GATEWAY_DEVICES_MASTER_KEY_FILE"),
      environment: ProcessInfo.processInfo.environment)
  }

  /// The client of the gateway that runs, if one does.
  var client: ControlClient { ControlClient(path: control ?? Self.standardSocket) }

  /// The gateway's state directory: where its socket is.
  var state: String {
    let socket = control ?? Self.standardSocket
    guard let slash = socket.lastIndex(of: "/") else { return "." }
    return slash == socket.startIndex ? "/" : String(socket[..<slash])
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
