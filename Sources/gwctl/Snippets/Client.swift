import ArgumentParser

/// The clients that there is a snippet for.
enum Client: String, CaseIterable, ExpressibleByArgument {
  case openssl
  case mosquitto
  case espIDF = "esp-idf"
  case zephyr
  case nrf91
  case mbedtls
  case python

  /// How this client is told credentials.
  var snippet: any Snippet {
    switch self {
    case .openssl: OpenSSLSnippet()
    case .mosquitto: MosquittoSnippet()
    case .espIDF: ESPIDFSnippet()
    case .zephyr: ZephyrSnippet()
    case .nrf91: NRF91Snippet()
    case .mbedtls: MbedTLSSnippet()
    case .python: PythonSnippet()
    }
  }
}
