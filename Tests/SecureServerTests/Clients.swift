import Foundation
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

/// Writes a session for s_client's `-psk_session`: the demo key under SHA-384 (`-psk` alone always uses SHA-256).
func withSHA384Session<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  func element(_ tag: UInt8, _ bytes: [UInt8]) -> [UInt8] { [tag, UInt8(bytes.count)] + bytes }
  // SSL_SESSION_ASN1: version, TLS version, cipher suite, session id, master key.
  let fields =
    element(2, [1]) + element(2, [3, 4]) + element(4, [0x13, 2]) + element(4, []) + element(4, demoKey)
  let pem = """
    -----BEGIN SSL SESSION PARAMETERS-----
    \(Data(element(0x30, fields)).base64EncodedString())
    -----END SSL SESSION PARAMETERS-----

    """
  return try await withTemporaryDirectory { directory in
    try write(pem, to: directory + "/session.pem")
    return try await body(directory + "/session.pem")
  }
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
