/// How one TLS client is told a device's credentials: text to paste, in the encodings that this client wants.
protocol Snippet: Sendable {
  /// The text, ending with a newline. It holds the key.
  func text(for credentials: Credentials) -> String

  /// What is good to know and has no place in the text; one line each.
  func notes(for credentials: Credentials) -> [String]

  /// What would not work with these credentials, or needs a setting; one line each.
  func warnings(for credentials: Credentials) -> [String]
}

extension Snippet {
  func notes(for credentials: Credentials) -> [String] { [] }

  /// For stacks that often have plain PSK suites only, which the gateway refuses unless told otherwise.
  var suiteNote: String {
    "With TLS 1.2 the gateway wants forward secrecy: for plain PSK suites set tls.suites to constrained in gateway.yaml."
  }

  /// For clients that take the identity as a C string.
  func nulWarnings(for credentials: Credentials, client: String) -> [String] {
    credentials.identityHasNUL ? ["\(client) cannot send this identity, which has a NUL byte: choose another one"] : []
  }

  /// For clients built on mbedTLS, whose `MBEDTLS_PSK_MAX_LEN` is 32 unless the build says otherwise.
  func keyLengthWarnings(for credentials: Credentials, setting: String) -> [String] {
    guard credentials.keyLength > 32 else { return [] }
    return [
      "this key has \(credentials.keyLength) bytes, and mbedTLS takes 32 by default: "
        + "set \(setting) to \(credentials.keyLength), or use a key of 32 bytes"
    ]
  }
}
