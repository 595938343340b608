extension TLSConfiguration {
  /// What can be told without OpenSSL.
  func validate() throws(SecureServerError) {
    try validateVersions()
    try validateCertificates()
    for name in cipherSuites.tlsv12 + cipherSuites.tlsv13 + curves + signatureAlgorithms {
      guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }) else {
        throw .invalidSetting("cipherSuites, curves, signatureAlgorithms", reason: "'\(name)' is not a name")
      }
    }
    guard !curves.isEmpty else { throw .invalidSetting("curves", reason: "there is none") }
    if let hint = pskHint, !(1...128).contains(hint.utf8.count) || hint.utf8.contains(0) {
      throw .invalidSetting("pskHint", reason: "a hint has 1 to 128 bytes without NUL")
    }
    guard (1...PreSharedKey.maximumLength).contains(minimumPreSharedKeyLength) else {
      throw .invalidSetting(
        "minimumPreSharedKeyLength",
        reason: "\(minimumPreSharedKeyLength) is outside 1...\(PreSharedKey.maximumLength)")
    }
  }

  private func validateVersions() throws(SecureServerError) {
    guard minimumTLSVersion <= maximumTLSVersion else {
      throw .invalidSetting(
        "minimumTLSVersion", reason: "\(minimumTLSVersion) is above maximumTLSVersion \(maximumTLSVersion)")
    }
    if minimumTLSVersion == .tlsv12, cipherSuites.tlsv12.isEmpty {
      throw .invalidSetting("cipherSuites.tlsv12", reason: "there is none, and TLS 1.2 is allowed")
    }
    if maximumTLSVersion == .tlsv13, cipherSuites.tlsv13.isEmpty {
      throw .invalidSetting("cipherSuites.tlsv13", reason: "there is none, and TLS 1.3 is allowed")
    }
  }

  private func validateCertificates() throws(SecureServerError) {
    let hasCertificate = !certificateChain.isEmpty
    guard hasCertificate == (privateKey != nil) else {
      throw .invalidSetting(
        hasCertificate ? "privateKey" : "certificateChain", reason: "a certificate and its key come together")
    }
    guard hasCertificate || preSharedKeyProvider != nil else {
      throw .invalidSetting("preSharedKeyProvider", reason: "there is neither a provider nor a certificate")
    }
    guard !allowsCertificateInsteadOfPSK || (hasCertificate && preSharedKeyProvider != nil) else {
      throw .invalidSetting("allowsCertificateInsteadOfPSK", reason: "it needs a provider and a certificate")
    }
    guard clientCertificates == .none || hasCertificate else {
      throw .invalidSetting("clientCertificates", reason: "only a server with a certificate can ask for them")
    }
    guard (0...100).contains(verificationDepth ?? 0) else {
      throw .invalidSetting("verificationDepth", reason: "\(verificationDepth ?? 0) is outside 0...100")
    }
  }
}
