/// `openssl s_client`, for a first try by hand.
struct OpenSSLSnippet: Snippet {
  func text(for credentials: Credentials) -> String {
    """
    # Each line that you type is a message of \(credentials.name); Ctrl-D ends.
    openssl s_client -brief -connect \(shellWord(credentials.address)) \\
      -psk_identity \(shellWord(credentials.identity)) -psk \(credentials.keyHex)

    """
  }

  func warnings(for credentials: Credentials) -> [String] { nulWarnings(for: credentials, client: "openssl") }
}
