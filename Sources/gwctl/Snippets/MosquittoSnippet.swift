/// `mosquitto_pub`; `mosquitto_sub` and mosquitto's own bridges take the same two options.
struct MosquittoSnippet: Snippet {
  func text(for credentials: Credentials) -> String {
    """
    mosquitto_pub -h \(shellWord(credentials.host)) -p \(credentials.port) -i \(shellWord(credentials.name)) \\
      --psk-identity \(shellWord(credentials.identity)) --psk \(credentials.keyHex) \\
      -q 1 -t hello -m 'it works'

    """
  }

  func warnings(for credentials: Credentials) -> [String] { nulWarnings(for: credentials, client: "mosquitto_pub") }
}
