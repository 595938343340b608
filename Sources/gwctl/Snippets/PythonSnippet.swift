/// Python's own `ssl`, which knows pre-shared keys since 3.13.
struct PythonSnippet: Snippet {
  func text(for credentials: Credentials) -> String {
    """
    # Python 3.13 or newer. Before that: pip install sslpsk3, and context.psk = (key, identity).
    import socket
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the key proves who the gateway is: there is no certificate
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("PSK")
    identity = \(literal(credentials.identity))
    key = bytes.fromhex("\(credentials.keyHex)")
    context.set_psk_client_callback(lambda hint: (identity, key))

    with socket.create_connection((\(literal(Array(credentials.host.utf8))), \(credentials.port))) as connection:
        with context.wrap_socket(connection) as tls:
            print(tls.version(), tls.cipher()[0])
            tls.sendall(b"it works\\n")

    """
  }

  func warnings(for credentials: Credentials) -> [String] {
    guard String(validating: credentials.identity, as: UTF8.self) != nil, !credentials.identityHasNUL else {
      return ["Python sends identities of UTF-8 without NUL bytes only: choose another one"]
    }
    return []
  }

  /// A string literal of Python, in ASCII, for text in UTF-8.
  private func literal(_ bytes: [UInt8]) -> String {
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    return "\"" + scalars.map(escaped).joined() + "\""
  }

  private func escaped(_ scalar: UnicodeScalar) -> String {
    switch scalar {
    case "\"", "\\": return "\\\(scalar)"
    case " "..."~": return "\(scalar)"
    default:
      let digits = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }
}
