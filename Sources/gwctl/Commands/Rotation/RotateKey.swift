import ArgumentParser
import Devices
import FoundationEssentials
import Model
import Platform

/// Gives a device a new key.
struct RotateKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key",
    abstract: "Give a device a new key, and print how a client is told it.",
    discussion: """
      The old key is good until the device first connects with the new one: then the gateway retires it by itself. \
      'gwctl rotation status' shows the devices that have not. With --now the old key is dead at once: for a key that \
      others may know.

      An identity goes with exactly one key (BCP 243, RFC 9813), so the new key comes with a new identity: the id with a \
      number, as sensor-1~483920. For firmware that cannot change its identity there is --same-identity: with TLS 1.2 its first \
      attempt with the new key then fails, and the next succeeds.

      With --json: id, identity, identity_hex, key (hex), old_key_valid, since, file, gateway (state: taken, \
      not_running or unknown).

      Example:
        gwctl rotate-key sensor-1 --for zephyr
      """)

  @Argument(help: "Its id.", completion: .deviceID, transform: DeviceID.init)
  var id: DeviceID

  @Flag(help: "The old key is dead at once, and the device is cut off until it has the new one.")
  var now = false

  @Option(
    help: .init("The new identity, 1 to 256 bytes. (default: its id, '~' and a random number)", valueName: "text"))
  var identity: String?

  @Flag(help: "Keep the identity, for firmware that cannot change it.")
  var sameIdentity = false

  @OptionGroup var keyOptions: KeyOptions

  @OptionGroup var snippet: SnippetOptions

  @Flag(help: "Do not ask before the old key is dead.")
  var yes = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard identity == nil || !sameIdentity else {
      throw ValidationError("Give one of --identity and --same-identity.")
    }
    guard identity.map({ Credential.identityLengths.contains($0.utf8.count) }) ?? true else {
      throw ValidationError("An identity has 1 to \(Credential.identityLengths.upperBound) bytes.")
    }
  }

  func run() async throws {
    if now {
      try confirm("Retire the key of \(id) now? It is cut off until it has the new one.", unless: yes)
    }
    let device = try rotate()
    let uptake = await Uptake.ask(common.client)
    let credentials = snippet.credentials(of: id, device.next ?? device.credential)
    if common.json {
      try printJSON(RotatedDevice(credentials, device, file: file, gateway: uptake))
    } else {
      remark("\(id) has a new key in \(file), for \(snippet.client.rawValue):")
      try snippet.print(credentials)
      remark(
        now
          ? "The old key is dead."
          : "The old key is good until the device connects with the new one: 'gwctl rotation status' shows whether it has."
      )
      uptake.tell()
    }
    snippet.warn(of: credentials)
  }

  private func rotate() throws -> Device {
    let directory = common.directory
    let key = try keyOptions.key()
    do {
      return try directory.edit { editor throws(DevicesError) in
        try editor.rotate(id, to: newIdentity, key: key, since: .now, atOnce: now)
      }
    } catch .unknownDevice {
      throw Failure.missing(id, in: directory, try directory.load())
    }
  }

  private var newIdentity: RotationIdentity {
    if let identity { return .named(Array(identity.utf8)) }
    return sameIdentity ? .kept : .derived
  }

  private var file: String { "\(common.directory.path)/\(id).yaml" }
}

/// The JSON of a device with a new key.
private struct RotatedDevice: Encodable {
  let id: String
  let identity: String
  let identityHex: String
  let key: String
  let oldKeyValid: Bool
  let since: Date?
  let file: String
  let gateway: Uptake

  init(_ credentials: Credentials, _ device: Device, file: String, gateway: Uptake) {
    id = credentials.device.name
    identity = String(decoding: credentials.identity, as: UTF8.self)
    identityHex = hex(credentials.identity.span)
    key = credentials.keyHex
    oldKeyValid = device.next != nil
    since = device.nextSince
    self.file = file
    self.gateway = gateway
  }

  private enum CodingKeys: String, CodingKey {
    case id, identity, key, since, file, gateway
    case identityHex = "identity_hex"
    case oldKeyValid = "old_key_valid"
  }
}
