import TestSupport
import Testing

@testable import gwctl

/// The snippets that run on this machine, run against servers that know the same key.
@Suite struct SnippetProofTests {
  private static let identities = [Array("sensor-1".utf8), Array("Zähler 7's $HOME".utf8)]

  @Test(arguments: ["-tls1_2", "-tls1_3"], identities + [[0xff, 0x01, 0x27, 0x5c]])
  func `connects openssl`(_ version: String, _ identity: [UInt8]) async throws {
    try await withServer(version: version, identity: identity) { server, credentials in
      let client = try await run("bash", ["-c", OpenSSLSnippet().text(for: credentials)], input: "it works\n")
      #expect(client.status == 0, "\(client.errorOutput)")
      try await server.waitForOutput("it works")
    }
  }

  @Test(.enabled("no Python with ssl's PSK callbacks (3.13)") { await python() != nil })
  func `connects Python`() async throws {
    let python = try #require(await python())
    for version in ["-tls1_2", "-tls1_3"] {
      for identity in Self.identities {
        try await withServer(version: version, identity: identity) { server, credentials in
          let client = try await run(python, ["-c", PythonSnippet().text(for: credentials)])
          #expect(client.status == 0, "\(client.errorOutput)")
          try await server.waitForOutput("it works")
        }
      }
    }
  }

  @Test(arguments: identities)
  func `publishes with mosquitto_pub`(_ identity: [UInt8]) async throws {
    try await withTemporaryDirectory { directory in
      let credentials = try Credentials.make(identity: identity, keyBytes: 32, port: UInt16(try freePort()))
      try write(String(decoding: identity, as: UTF8.self) + ":\(credentials.keyHex)\n", to: directory + "/psk")
      let listener = "listener \(credentials.port) 127.0.0.1\npsk_hint gateway\npsk_file \(directory)/psk\n"
      try await withMosquitto(configuration: listener) { broker in
        try await withSubscriber(to: "#", port: broker.port) { subscriber in
          let client = try await run("bash", ["-c", MosquittoSnippet().text(for: credentials)])
          #expect(client.status == 0, "\(client.errorOutput)")
          try await subscriber.waitForOutput("hello \(hex(Array("it works".utf8).span))")
        }
      }
    }
  }

  /// Runs `openssl s_server` for credentials with `identity`; it must not have complained of another identity.
  private func withServer(
    version: String, identity: [UInt8], _ body: (ChildProcess, Credentials) async throws -> Void
  ) async throws {
    let credentials = try Credentials.make(identity: identity, keyBytes: 32, port: UInt16(try freePort()))
    let script = """
      exec openssl s_server \(version) -nocert -accept 127.0.0.1:\(credentials.port) \
      -psk_identity \(shellWord(identity)) -psk \(credentials.keyHex)
      """
    try await withProcess("bash", ["-c", script]) { server in
      try await server.waitForOutput("ACCEPT")
      try await body(server, credentials)
      #expect(!server.output.contains("PSK warning"))
    }
  }
}

/// A Python that has `set_psk_client_callback`, if there is one: on the PATH, or one of pyenv's.
private func python() async -> String? {
  let script = """
    for python in python3.14 python3.13 python3 "$HOME"/.pyenv/versions/*/bin/python3; do
      "$python" -c 'import ssl; ssl.SSLContext.set_psk_client_callback' 2>/dev/null && echo "$python" && break
    done
    """
  do {
    return try await run("bash", ["-c", script]).output.split(separator: "\n").first.map(String.init)
  } catch {
    return nil
  }
}
