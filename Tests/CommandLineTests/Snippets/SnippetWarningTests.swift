import Testing

@testable import gwctl

@Suite struct SnippetWarningTests {
  @Test(arguments: Client.allCases)
  func `has nothing against a plain identity and a key of 32 bytes`(_ client: Client) throws {
    let warnings = client.snippet.warnings(for: try .make(keyBytes: 32))
    #expect(warnings.isEmpty)
  }

  @Test(arguments: [
    (Client.openssl, false), (.mosquitto, false), (.espIDF, true), (.zephyr, true), (.nrf91, false), (.mbedtls, true),
    (.python, false),
  ])
  func `warns of long keys where mbedTLS is`(_ client: Client, _ warns: Bool) throws {
    let warnings = client.snippet.warnings(for: try .make(keyBytes: 33))
    #expect(warnings.contains { $0.contains("33 bytes, and mbedTLS takes 32 by default") } == warns)
  }

  @Test(arguments: [
    (Client.openssl, true), (.mosquitto, true), (.espIDF, true), (.zephyr, false), (.nrf91, true), (.mbedtls, false),
    (.python, true),
  ])
  func `warns of a NUL where the client would cut the identity off`(_ client: Client, _ warns: Bool) throws {
    let warnings = client.snippet.warnings(for: try .make(identity: [0x41, 0x00, 0x42]))
    #expect(warnings.isEmpty != warns)
  }

  @Test(arguments: [
    (Client.openssl, false), (.mosquitto, false), (.espIDF, false), (.zephyr, false), (.nrf91, true), (.mbedtls, false),
    (.python, true),
  ])
  func `warns of bytes that are no text where the client takes text`(_ client: Client, _ warns: Bool) throws {
    let warnings = client.snippet.warnings(for: try .make(identity: [0xff, 0xfe]))
    #expect(warnings.isEmpty != warns)
  }
}
