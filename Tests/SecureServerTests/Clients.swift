import TestSupport

/// Lower-case hex.
func hex(_ bytes: [UInt8]) -> String {
  bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

/// Runs `openssl s_client` with a pre-shared key for the duration of `body`.
func withOpenSSL<Result>(
  to server: Server, identity: String = "demo", key: [UInt8] = demoKey, _ options: [String] = [],
  _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
  let arguments =
    ["s_client", "-connect", server.address, "-psk_identity", identity, "-psk", hex(key)] + options
  return try await withProcess("openssl", arguments, body)
}

/// Runs `openssl s_client` until it ends by itself; returns what it wrote.
func failOpenSSL(
  to server: Server, identity: String = "demo", key: [UInt8] = demoKey, _ options: [String] = []
) async throws -> String {
  try await withOpenSSL(to: server, identity: identity, key: key, options) { client in
    try await client.waitForExit()
    return client.output + client.errorOutput
  }
}
