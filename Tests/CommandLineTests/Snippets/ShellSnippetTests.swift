import Testing

@testable import gwctl

@Suite struct ShellSnippetTests {
  @Test func `tells openssl the key in hex`() throws {
    try #expect(
      OpenSSLSnippet().text(for: .make()) == """
        # Each line that you type is a message of sensor-1; Ctrl-D ends.
        openssl s_client -brief -connect 127.0.0.1:8883 \\
          -psk_identity sensor-1 -psk 101112131415161718191a1b1c1d1e1f

        """)
  }

  @Test func `tells mosquitto_pub the key in hex`() throws {
    try #expect(
      MosquittoSnippet().text(for: .make(identity: Array("meter 7".utf8), port: 18_883)) == """
        mosquitto_pub -h 127.0.0.1 -p 18883 -i sensor-1 \\
          --psk-identity 'meter 7' --psk 101112131415161718191a1b1c1d1e1f \\
          -q 1 -t hello -m 'it works'

        """)
  }

  @Test func `tells the modem key and identity while it is offline`() throws {
    try #expect(
      NRF91Snippet().text(for: .make()) == """
        AT+CFUN=4
        AT%CMNG=0,1,3,"101112131415161718191a1b1c1d1e1f"
        AT%CMNG=0,1,4,"sensor-1"
        AT+CFUN=1

        """)
  }

  @Test func `tells Python identity and key`() throws {
    let text = try PythonSnippet().text(for: .make(identity: Array("Zähler \"7\"".utf8), host: "gw.example"))
    #expect(text.contains(##"identity = "Z\U000000e4hler \"7\"""##))
    #expect(text.contains(#"key = bytes.fromhex("101112131415161718191a1b1c1d1e1f")"#))
    #expect(text.contains(#"socket.create_connection(("gw.example", 8883))"#))
  }

  @Test func `puts an IPv6 address in brackets where a port follows`() throws {
    let credentials = try Credentials.make(host: "2001:db8::1")
    #expect(OpenSSLSnippet().text(for: credentials).contains("-connect '[2001:db8::1]:8883'"))
    #expect(MosquittoSnippet().text(for: credentials).contains("-h 2001:db8::1 -p 8883"))
    #expect(ESPIDFSnippet().text(for: credentials).contains(#""mqtts://[2001:db8::1]:8883""#))
  }
}
