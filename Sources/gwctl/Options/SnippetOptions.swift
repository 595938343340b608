import ArgumentParser
import Devices
import Model
import Platform

/// For whom new credentials are printed.
struct SnippetOptions: ParsableArguments {
  @Option(name: .customLong("for"), help: .init("The client to print the key for.", valueName: "client"))
  var client = Client.openssl

  @Option(help: "The gateway's host, for what is printed.")
  var host = "127.0.0.1"

  @Option(help: "The gateway's port, for what is printed.")
  var port: UInt16 = 8883

  /// What a device needs to connect with `credential`.
  func credentials(of id: DeviceID, _ credential: Credential) -> Credentials {
    Credentials(device: id, identity: credential.identity, key: credential.key, host: host, port: port)
  }

  /// Prints what tells the client its credentials, the key with them, on standard output.
  ///
  /// - Throws: `SystemError`.
  func print(_ credentials: Credentials) throws(SystemError) {
    try gwctl.print(client.snippet.text(for: credentials), terminator: "")
    client.snippet.notes(for: credentials).forEach(remark)
  }

  /// Warns of what would not work with these credentials.
  func warn(of credentials: Credentials) { client.snippet.warnings(for: credentials).forEach(gwctl.warn) }
}
