/// What was found wrong with the peer's certificate, and what was made of it.
struct CertificateExchange {
  /// In the order in which OpenSSL finds them.
  var errors: [CertificateError] = []
  /// Why the handshake fails, if it does for this.
  var rejection: CertificateError?
}

/// What OpenSSL asks about the client's certificate.
extension TLSHandshake {
  func found(_ error: CertificateError) {
    // The same error can be found more than once while a chain is built.
    if !certificates.errors.contains(error) { certificates.errors.append(error) }
  }

  /// The error that the peer is told of; nil if the chain will do.
  func judge(_ chain: [TLSCertificate]) -> CertificateError? {
    certificates.rejection = rejection(of: chain, certificates.errors, isResumption: false)
    return certificates.rejection
  }

  private func rejection(
    of chain: [TLSCertificate], _ errors: [CertificateError], isResumption: Bool
  ) -> CertificateError? {
    switch application?.decide(on: chain, errors, isResumption: isResumption, configuration) {
    case .accept: nil
    case .reject(let code): errors.first { $0.code == code } ?? CertificateError(code: code, depth: 0)
    case nil: configuration.clientCertificates == .require ? errors.first : nil
    }
  }

  // MARK: Resumption

  /// Whether a session with this client certificate may go on: it is judged again, for it may have been revoked.
  func mayResume(with certificate: TLSCertificate?, _ earlierErrorCode: Int32) -> Bool {
    guard context.asksForCertificates else { return true }
    guard let certificate else { return configuration.clientCertificates != .require }
    var errors: [CertificateError] = []
    if earlierErrorCode != 0 { errors.append(CertificateError(code: .init(rawValue: earlierErrorCode), depth: 0)) }
    if !certificate.isWithinValidity { errors.append(CertificateError(code: .expired, depth: 0)) }
    return rejection(of: [certificate], errors, isResumption: true) == nil
  }
}
