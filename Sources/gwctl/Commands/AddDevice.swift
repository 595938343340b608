import ArgumentParser
import Devices
import Model

/// Adds a device, and shows how its firmware is told the key.
struct AddDevice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-device",
    abstract: "Add a device with a new key, and print how a client is told it.",
    discussion: """
      The key is shown this once. 'show-device --reveal-key' shows it again.

      With --json: id, identity, identity_hex, key (hex), file, gateway (state: taken, not_running or unknown).

      Example:
        gwctl add-device sensor-1 --label site=north --for zephyr
      """)

  @Argument(help: "Its name: 1 to 64 of A-Z a-z 0-9 . _ -, not starting with '.'.", transform: DeviceID.init)
  var id: DeviceID

  @Option(help: .init("What it presents in the handshake, 1 to 256 bytes. (default: its id)", valueName: "text"))
  var identity: String?

  @OptionGroup var keyOptions: KeyOptions

  @Option(help: "What it speaks.")
  var `protocol` = DeviceProtocol.auto

  @Option(help: .init("A label, for selection; may be given several times.", valueName: "name=value"))
  var label: [Label] = []

  @OptionGroup var snippet: SnippetOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !id.name.contains("%") else { throw ValidationError("An id is made of A-Z a-z 0-9 . _ -.") }
    guard identity.map({ Credential.identityLengths.contains($0.utf8.count) }) ?? true else {
      throw ValidationError("An identity has 1 to \(Credential.identityLengths.upperBound) bytes.")
    }
    _ = try label.byName()
  }

  func run() async throws {
    let device = try device()
    let directory = common.directory
    try directory.add(device)
    let uptake = await Uptake.ask(common.client)
    let credentials = snippet.credentials(of: id, device.credential)
    if common.json {
      try printJSON(AddedDevice(credentials, file: file(in: directory), gateway: uptake))
    } else {
      remark("Added \(id) as \(file(in: directory)). Its key, for \(snippet.client.rawValue):")
      try snippet.print(credentials)
      uptake.tell()
    }
    snippet.warn(of: credentials)
  }

  private func device() throws -> Device {
    var device = Device(id: id, identity: identity.map { Array($0.utf8) }, key: try keyOptions.key())
    device.protocol = `protocol`
    device.labels = try label.byName()
    return device
  }

  private func file(in directory: DeviceDirectory) -> String { "\(directory.path)/\(id).yaml" }
}

/// The JSON of a device that was added.
private struct AddedDevice: Encodable {
  let id: String
  let identity: String
  let identityHex: String
  let key: String
  let file: String
  let gateway: Uptake

  init(_ credentials: Credentials, file: String, gateway: Uptake) {
    id = credentials.device.name
    identity = String(decoding: credentials.identity, as: UTF8.self)
    identityHex = hex(credentials.identity.span)
    key = credentials.keyHex
    self.file = file
    self.gateway = gateway
  }

  private enum CodingKeys: String, CodingKey {
    case id, identity, key, file, gateway
    case identityHex = "identity_hex"
  }
}
