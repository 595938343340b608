import ArgumentParser
import Devices
import Platform

/// The way back from encrypted keys.
struct DecryptKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decrypt-keys",
    abstract: "Write the keys in devices.d in clear again.",
    discussion: """
      Asks first when standard input is a terminal. Each file is replaced as a whole or stays as it was.

      With --json: encrypted, reencrypted, decrypted, unchanged, files, problems (severity, path, line, message), gateway \
      (state: taken, not_running or unknown).

      Example:
        gwctl decrypt-keys sensor-1 --master-key-file /etc/gateway/master.key
      """)

  @OptionGroup var selection: KeySelection

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try confirm()
    let result = try common.directory.naming { directory throws(DevicesError) in
      try directory.rewriteKeys(as: .clear, of: selection.devices)
    }
    let gateway = await Uptake.ask(common.client)
    try RewrittenKeys(result, gateway: gateway).tell(asJSON: common.json)
  }

  private func confirm() throws(Failure) {
    guard !yes, StandardStream.input.isTerminal else { return }
    let whose = selection.all ? "all keys" : "the keys of \(count(selection.ids.count, "device"))"
    StandardStream.error.write("Write \(whose) in \(common.directory.path) in clear? [y/N] ")
    guard ["y", "yes"].contains(readLine()?.lowercased()) else { throw .notConfirmed }
  }
}
