/// What the application decides during a handshake, asked with what the connection knows.
extension ConnectionHandler: HandshakeApplication {
  func decide(on identity: [UInt8], _ version: TLSVersion, _ context: TLSContext) -> PreSharedKeyDecision {
    guard let provider = context.configuration.preSharedKeyProvider else { return .unknownIdentity }
    let hint = version == .tlsv12 ? context.configuration.pskHint : nil
    return provider(
      PreSharedKeyOffer(
        connection: id, identity: identity, hint: hint, version: version, peerAddress: peer.address,
        maximumKeyLength: PreSharedKey.maximumLength, eventLoop: loop.eventLoop))
  }

  func decide(
    on chain: [TLSCertificate], _ errors: [CertificateError], isResumption: Bool, _ configuration: TLSConfiguration
  ) -> CertificateDecision? {
    configuration.verify?(
      CertificateVerification(
        connection: id, chain: chain, errors: errors, peerAddress: peer.address, isResumption: isResumption))
  }
}
