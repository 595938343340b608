import TestSupport
import Testing

@testable import gwctl

/// The snippets in C, compiled against headers that declare what their text relies on, as the real ones do.
@Suite struct CSnippetTests {
  @Test(arguments: [Client.espIDF, .zephyr, .mbedtls], ["sensor-1", "Zähler \"7\" \\ ??/ %d"])
  func `compiles without a warning`(_ client: Client, _ identity: String) async throws {
    let text = client.snippet.text(for: try .make(identity: Array(identity.utf8), keyBytes: 32))
    try await compile(text + Self.use[client, default: ""])
  }

  @Test func `gives ESP-IDF the key in bytes and the identity as its hint`() throws {
    let text = try ESPIDFSnippet().text(for: .make())
    #expect(text.contains("    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,\n    0x18, 0x19, 0x1a,"))
    #expect(text.contains(#".hint = "sensor-1","#))
    #expect(text.contains("CONFIG_ESP_TLS_PSK_VERIFICATION=y"))
    #expect(text.contains(#".broker.address.uri = "mqtts://127.0.0.1:8883","#))
  }

  @Test func `gives Zephyr the identity without its NUL`() throws {
    let text = try ZephyrSnippet().text(for: .make())
    #expect(text.contains("TLS_CREDENTIAL_PSK,\n\t\t\t\t     gateway_key, sizeof(gateway_key)"))
    #expect(text.contains("TLS_CREDENTIAL_PSK_ID,\n\t\t\t\t  gateway_identity, sizeof(gateway_identity) - 1"))
  }

  @Test func `gives mbedTLS the identity without its NUL`() throws {
    let text = try MbedTLSSnippet().text(for: .make())
    #expect(text.contains("gateway_identity, sizeof(gateway_identity) - 1"))
  }

  /// The bytes that a compiler makes of the identity's literal.
  @Test(arguments: [Array("a\"b\\c??/9".utf8), [0xff, 0x00, 0x31, 0x0a], Array("Zähler1".utf8)])
  func `keeps every byte of the identity`(_ identity: [UInt8]) async throws {
    let program = """
      #include <stdio.h>
      static const char identity[] = \(cString(identity));
      int main(void) { return fwrite(identity, 1, sizeof(identity) - 1, stdout) ? 0 : 1; }
      """
    try await withTemporaryDirectory { directory in
      try write(program, to: directory + "/main.c")
      let compiler = try await run("cc", ["-std=c99", "-o", directory + "/main", directory + "/main.c"])
      #expect(compiler.status == 0, "\(compiler.errorOutput)")
      let main = try await run(directory + "/main")
      #expect(main.outputBytes == identity)
    }
  }

  private func compile(_ text: String) async throws {
    try await withTemporaryDirectory { directory in
      try writeHeaders(into: directory)
      try write(text, to: directory + "/snippet.c")
      let flags = ["-fsyntax-only", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I", directory]
      let compiler = try await run("cc", flags + [directory + "/snippet.c"])
      #expect(compiler.status == 0, "\(compiler.errorOutput)")
    }
  }

  /// What keeps a compiler from calling a static of a snippet unused.
  private static let use: [Client: String] = [.espIDF: "const void *use(void) { return &gateway_mqtt; }\n"]
}
