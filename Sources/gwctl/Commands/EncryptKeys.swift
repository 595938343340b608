import ArgumentParser
import Devices

/// Encrypts keys at rest.
struct EncryptKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encrypt-keys",
    abstract: "Encrypt the keys in devices.d under the master key.",
    discussion: """
      Keys in clear are encrypted, and keys under an older master key are encrypted anew under the first one that is given. \
      Each file is replaced as a whole or stays as it was; comments stay. Devices stay connected.

      With --json: encrypted, reencrypted, decrypted, unchanged, files, problems (severity, path, line, message), gateway \
      (state: taken, not_running or unknown).

      Example:
        gwctl encrypt-keys --all --master-key-file /etc/gateway/master.key
      """)

  @OptionGroup var selection: KeySelection

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let directory = common.directory
    let result = try directory.naming { directory throws(DevicesError) in
      try directory.rewriteKeys(as: .sealed, of: selection.devices)
    }
    let gateway = await Uptake.ask(common.client)
    try RewrittenKeys(result, gateway: gateway).tell(asJSON: common.json)
  }
}
