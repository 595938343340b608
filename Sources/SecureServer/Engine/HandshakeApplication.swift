/// Whom a handshake asks: the application, through what knows the connection.
protocol HandshakeApplication: AnyObject {
  /// Decides on an identity by the provider in the settings of `context`.
  func decide(on identity: [UInt8], _ version: TLSVersion, _ context: TLSContext) -> PreSharedKeyDecision

  /// Decides on a client's certificate by the verifier of `configuration`; nil if it has none.
  func decide(
    on chain: [TLSCertificate], _ errors: [CertificateError], isResumption: Bool, _ configuration: TLSConfiguration
  ) -> CertificateDecision?
}
